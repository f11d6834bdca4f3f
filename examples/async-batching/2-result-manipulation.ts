// Simple result manipulation: each record says whether it succeeded, where Twisted had (success, result) pairs.
import { fetchFrom, toBatch } from 'sluice';
import { urlsFor } from '../site/small-site.js';

const urls = await urlsFor('/google', '/yahoo');

fetchFrom(urls)
  .pipe(toBatch())
  .subscribe((results) => {
    for (const result of results) {
      console.log(`Successful? ${result.ok}`);
      console.log(result.ok ? `Content Length: ${result.value.text().length}` : result.error.message);
    }
  });
