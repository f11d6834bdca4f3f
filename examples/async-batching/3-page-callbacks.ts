// Page callbacks too: what `addCallback` did to each page, `project` does while it is fetched.
import { fetchFrom, toBatch, type Page } from 'sluice';
import { urlsFor } from '../site/small-site.js';

const urls = await urlsFor('/google', '/yahoo');

const pageCallback = (page: Page): number => page.text().length;

fetchFrom(urls, { project: pageCallback })
  .pipe(toBatch())
  .subscribe((results) => {
    console.log(results.map((result) => [result.ok, result.ok ? result.value : result.error.message]));
  });
