// Just a DeferredList: two pages, and their results in the order in which they were asked for.
import { fetchFrom, toBatch } from 'sluice';
import { urlsFor } from '../site/small-site.js';

const urls = await urlsFor('/google', '/yahoo');

fetchFrom(urls)
  .pipe(toBatch())
  .subscribe((results) => {
    console.log(results.map((result) => [result.ok, result.ok ? result.value.text() : result.error.message]));
  });
