import { fetchFrom } from '../../dist/esm/index.js';
import { tallyStream } from '../workload.mjs';

/** Streamed, with a limit for each host too. */
export function run(urls, { concurrency, perHost }) {
  return tallyStream(fetchFrom(urls, { concurrency, perHost: { concurrency: perHost } }));
}
