// Cooperator: five slots; the next customer is taken from the generator when one is free.
import { lastValueFrom, toArray } from 'rxjs';
import { mergeFrom } from 'sluice';
import { customers, day } from './day.js';
import { inlineInstall } from './inline-install.js';

function* work(): Generator<string> {
  for (const customer of customers) yield customer;
}

await day(5, () => {
  console.log('Goodmorning from Twisted developer');
  const done = lastValueFrom(mergeFrom(work(), inlineInstall, { concurrency: 5 }).pipe(toArray()));
  console.log('Bye from Twisted developer!');
  return done;
});
