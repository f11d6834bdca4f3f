// Polls a page on every tick; what is still under way at the next tick is cancelled.
import { delayWhen, from, map, switchMap, timer } from 'rxjs';
import { fetchFrom } from 'sluice';
import { urlsFor } from '../site/small-site.js';

const [url = ''] = await urlsFor('/google'); // the small site takes 120 ms for it

const ticks$ = from([0, 300, 350, 400]).pipe(delayWhen((at) => timer(at))); // the second and third are too close

ticks$
  .pipe(
    switchMap((at) => {
      console.log(`at ${at} ms: asking`);
      return fetchFrom([url], { timeout: 1_000 }).pipe(map((result) => ({ at, result })));
    }),
  )
  .subscribe(({ at, result }) => {
    console.log(`at ${at} ms: ${result.ok ? 'up' : result.error.message}`);
  });
