import { defer, from, lastValueFrom, mergeMap, retry, toArray } from 'rxjs';
import { request } from 'undici';
import { tally } from '../workload.mjs';

/** What one writes with RxJS: a retry that waits keeps its place in mergeMap. */
export async function run(urls, { concurrency }) {
  const bodies$ = from(urls).pipe(
    mergeMap((url) => defer(() => page(url)).pipe(retry({ count: 2, delay: 100 })), concurrency),
    toArray(),
  );
  return tally(await lastValueFrom(bodies$));
}

async function page(url) {
  const { statusCode, body } = await request(url);
  const bytes = await body.bytes(); // of a failure too, else its connection stays busy
  if (statusCode !== 200) throw new Error(`${url} answered ${statusCode}`);
  return bytes;
}
