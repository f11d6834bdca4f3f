import { pMapSettled } from 'p-map';
import { request } from 'undici';
import { tally } from '../workload.mjs';

/** What one writes with promises: a failure is a value, every request has a timeout. */
export async function run(urls, { concurrency }) {
  const settled = await pMapSettled(
    urls,
    async (url) => {
      const { body } = await request(url, { signal: AbortSignal.timeout(30_000) });
      return body.bytes();
    },
    { concurrency },
  );
  return tally(settled.filter(({ status }) => status === 'fulfilled').map(({ value }) => value));
}
