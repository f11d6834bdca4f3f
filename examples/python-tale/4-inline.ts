// inlineCallbacks: an async function reads like the blocking one, and blocks nobody.
import { lastValueFrom, toArray } from 'rxjs';
import { mergeFrom } from 'sluice';
import { customers, day } from './day.js';
import { inlineInstall } from './inline-install.js';

await day(4, () => {
  console.log('Goodmorning from Twisted developer');
  const work$ = mergeFrom(customers, inlineInstall, { concurrency: customers.length });
  const done = lastValueFrom(work$.pipe(toArray()));
  console.log('Bye from Twisted developer!');
  return done;
});
