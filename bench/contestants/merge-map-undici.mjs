import { from, lastValueFrom, mergeMap, toArray } from 'rxjs';
import { request } from 'undici';
import { tally } from '../workload.mjs';

/** What one writes with RxJS: no timeouts, and the first failure would end it. */
export async function run(urls, { concurrency }) {
  const bodies$ = from(urls).pipe(
    mergeMap(async (url) => {
      const { body } = await request(url);
      return body.bytes();
    }, concurrency),
    toArray(),
  );
  return tally(await lastValueFrom(bodies$));
}
