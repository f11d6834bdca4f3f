// Callbacks: all are scheduled at once, and the reactor calls back when each is done.
import { lastValueFrom, map, tap, timer, toArray, type Observable } from 'rxjs';
import { mergeFrom } from 'sluice';
import { customers, day, installation } from './day.js';

function scheduleInstall(customer: string): Observable<string> {
  console.log(`Scheduling: Installation for ${customer}`);
  return timer(installation).pipe(
    map(() => customer),
    tap(() => console.log(`Callback: Finished installation for ${customer}`)),
    tap(() => console.log(`All done for ${customer}`)),
  );
}

await day(3, () => {
  console.log('Goodmorning from Twisted developer');
  const work$ = mergeFrom(customers, scheduleInstall, { concurrency: customers.length });
  const done = lastValueFrom(work$.pipe(toArray()));
  console.log('Bye from Twisted developer!');
  return done;
});
