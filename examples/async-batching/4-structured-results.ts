// Results with more structure: a record's value can be anything.
import { fetchFrom, successes, toBatch, type Page } from 'sluice';
import { urlsFor } from '../site/small-site.js';

const urls = await urlsFor('/google', '/yahoo');

const pageCallback = (page: Page): { length: number; content: string } => {
  const text = page.text();
  return { length: text.length, content: text.slice(0, 10) };
};

fetchFrom(urls, { project: pageCallback })
  .pipe(successes(), toBatch())
  .subscribe((results) => {
    for (const { value } of results) console.log('Call to server succeeded with data', value);
  });
