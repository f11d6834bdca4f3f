import { fetchFrom } from '../../dist/esm/index.js';
import { tallyStream } from '../workload.mjs';

/** Every record looked at and let go. */
export function run(urls, { concurrency }) {
  return tallyStream(fetchFrom(urls, { concurrency }));
}
