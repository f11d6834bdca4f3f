// inlineCallbacks: an async function reads like the blocking one, and blocks nobody.
import { setTimeout } from 'node:timers/promises';
import { lastValueFrom, toArray } from 'rxjs';
import { mergeFrom } from 'sluice';
import { customers, day, installation } from './day.js';

async function inlineInstall(customer: string): Promise<string> {
  console.log(`Scheduling: Installation for ${customer}`);
  await setTimeout(installation);
  console.log(`Callback: Finished installation for ${customer}`);
  console.log(`All done for ${customer}`);
  return customer;
}

await day(4, () => {
  console.log('Goodmorning from Twisted developer');
  const work$ = mergeFrom(customers, inlineInstall, { concurrency: customers.length });
  const done = lastValueFrom(work$.pipe(toArray()));
  console.log('Bye from Twisted developer!');
  return done;
});
