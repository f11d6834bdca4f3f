import { lastValueFrom } from 'rxjs';
import { fetchFrom, toBatch } from '../../dist/esm/index.js';
import { tally } from '../workload.mjs';

const retry = { limit: 2, backoff: () => 100, budget: Infinity };

/** Every record kept; a retry that waits holds no slot. */
export async function run(urls, { concurrency }) {
  const batch = await lastValueFrom(fetchFrom(urls, { concurrency, retry }).pipe(toBatch()));
  return tally(batch.filter((result) => result.ok).map((result) => result.value.body));
}
