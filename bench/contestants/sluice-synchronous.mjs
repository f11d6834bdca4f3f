import { of } from 'rxjs';
import { fetchFrom } from '../../dist/esm/index.js';
import { pageBytes, tallyStream } from '../workload.mjs';

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
export function run(urls, { concurrency }) {
  return tallyStream(fetchFrom(urls, { concurrency, transport: () => of(page) }));
}
