import { from, lastValueFrom, mergeMap, toArray } from 'rxjs';
import { fromFetch } from 'rxjs/fetch';
import { tally } from '../workload.mjs';

/** RxJS's own `fromFetch`, over Node's own `fetch`. */
export async function run(urls, { concurrency }) {
  const bodies$ = from(urls).pipe(
    mergeMap((url) => fromFetch(url, { selector: (response) => response.arrayBuffer() }), concurrency),
    toArray(),
  );
  return tally(await lastValueFrom(bodies$));
}
