// Cooperator: five slots; the next customer is taken from the generator when one is free.
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

function* work(): Generator<string> {
  for (const customer of customers) yield customer;
}

await day(5, () => {
  console.log('Goodmorning from Twisted developer');
  const done = lastValueFrom(mergeFrom(work(), inlineInstall, { concurrency: 5 }).pipe(toArray()));
  console.log('Bye from Twisted developer!');
  return done;
});
