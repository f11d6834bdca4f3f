// Adding some error checking: one page that is not there, one name that does not resolve. Neither is fatal.
import { catchFailure, fetchFrom, mapSuccess, toBatch } from 'sluice';
import { urlsFor } from '../site/small-site.js';

const urls = await urlsFor('/yahoo', '/google', '/MicrosoftRules.html', 'http://bogusdomain.invalid/');

fetchFrom(urls, { timeout: 5_000, retry: false })
  .pipe(
    mapSuccess((page, { request }) => ({
      url: request.url,
      length: page.text().length,
      content: page.text().slice(0, 10),
    })),
    catchFailure((error, { request }) => ({
      url: request.url,
      kind: error.kind,
      msg: error.message,
    })),
    toBatch(),
  )
  .subscribe((results) => {
    for (const result of results) {
      if (!result.ok) continue; // catchFailure has made a success of each
      const { value } = result;
      console.log(`Call to ${value.url} ${'msg' in value ? 'failed' : 'succeeded'} with data`, value);
    }
  });
