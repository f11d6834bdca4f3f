import { fetchFrom } from '../../dist/esm/index.js';
import { concurrency } from '../workload.mjs';

/** Every record looked at and let go. */
export function run(_origin, urls) {
  return new Promise((resolve, reject) => {
    let pages = 0;
    let bytes = 0;
    fetchFrom(urls, { concurrency }).subscribe({
      next: (result) => {
        if (!result.ok) return;
        pages++;
        bytes += result.value.body.byteLength;
      },
      error: reject,
      complete: () => resolve({ pages, bytes }),
    });
  });
}
