// Batching with DeferredSemaphore: `concurrency` is its count. One at a time against four at a time.
import { lastValueFrom } from 'rxjs';
import { fetchFrom, toBatch } from 'sluice';
import { urlsFor } from '../site/small-site.js';

const urls = await urlsFor('/twistedmatrix', '/foundation', '/yahoo', '/google');

for (const maxRun of [1, 4]) {
  const begun = performance.now();
  const results = await lastValueFrom(fetchFrom(urls, { concurrency: maxRun, retry: false }).pipe(toBatch()));
  for (const result of results) console.log(result.ok ? result.value.text().length : result.error.message);
  console.log(`maxRun ${maxRun}: ${((performance.now() - begun) / 1000).toFixed(2)} seconds`);
}
