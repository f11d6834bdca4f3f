// A service that asks several upstreams for each request, through one fetcher; a client that leaves cancels its own.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createFetcher, toBatch } from 'sluice';
import { fetchPage } from 'sluice';
import type { AddressInfo } from 'node:net';
import { lastValueFrom } from 'rxjs';
import { urlsFor } from '../site/small-site.js';

const upstreams = await urlsFor('/google', '/yahoo', '/twistedmatrix');
const fetcher = createFetcher({ concurrency: 50, perHost: { concurrency: 8 }, timeout: { total: 2_000 } });

const service = createServer((_request, response) => {
  const work = fetcher
    .fetchFrom(upstreams, { project: (page) => page.text().length })
    .pipe(toBatch())
    .subscribe((results) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(results.map((result) => (result.ok ? result.value : result.error))));
    });
  response.once('close', () => {
    if (!response.writableEnded) console.log('the client has left: its fetches are cancelled');
    work.unsubscribe();
  });
}).listen(0, '127.0.0.1');
await once(service, 'listening');
const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}/`;

const page = await lastValueFrom(fetchPage(url));
console.log('answered', page.text());
const impatient = fetchPage(url).subscribe();
setTimeout(() => {
  impatient.unsubscribe();
}, 50);
await once(service, 'request');
setTimeout(() => {
  service.close();
  service.closeAllConnections();
}, 150);
