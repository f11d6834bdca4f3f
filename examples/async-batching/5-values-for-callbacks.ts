// Passing values to callbacks: what was tacked on to a Deferred's callback travels in the request's `context`.
import { fetchFrom, mapSuccess, successes, toBatch } from 'sluice';
import { urlsFor } from '../site/small-site.js';

const urls = await urlsFor('/google', '/yahoo');

fetchFrom(urls.map((url) => ({ url, context: { name: url.replace(/.*\//, '') } })))
  .pipe(
    mapSuccess((page, { request }) => ({
      length: page.text().length,
      content: page.text().slice(0, 10),
      name: request.context?.name,
      url: request.url,
    })),
    successes(),
    toBatch(),
  )
  .subscribe((results) => {
    for (const { value } of results) console.log(`Call to ${value.url} succeeded with data`, value);
  });
