import { lastValueFrom } from 'rxjs';
import { fetchFrom, toBatch } from '../../dist/esm/index.js';
import { tally } from '../workload.mjs';

/** Every record kept, in one batch at the end. */
export async function run(urls, { concurrency }) {
  const batch = await lastValueFrom(fetchFrom(urls, { concurrency }).pipe(toBatch()));
  return tally(batch.filter((result) => result.ok).map((result) => result.value.body));
}
