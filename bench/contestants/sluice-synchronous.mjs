import { of } from 'rxjs';
import { fetchFrom } from '../../dist/esm/index.js';
import { concurrency, pageBytes } from '../workload.mjs';

const page = {
  url: 'http://localhost/page',
  redirects: [],
  status: 200,
  headers: {},
  body: new Uint8Array(pageBytes),
  encodedBytes: pageBytes,
  text: () => '',
  json: () => null,
};

/** No network: a transport that answers in the very call, as a cache does. */
export function run(_origin, urls) {
  return new Promise((resolve, reject) => {
    let pages = 0;
    let bytes = 0;
    fetchFrom(urls, { concurrency, transport: () => of(page) }).subscribe({
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
