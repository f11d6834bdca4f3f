import { lastValueFrom } from 'rxjs';
import { fetchFrom, toBatch } from '../../dist/esm/index.js';
import { concurrency, tally } from '../workload.mjs';

/** Every record kept, in one batch at the end. */
export async function run(_origin, urls) {
  const batch = await lastValueFrom(fetchFrom(urls, { concurrency }).pipe(toBatch()));
  return tally(batch.filter((result) => result.ok).map((result) => result.value.body));
}
