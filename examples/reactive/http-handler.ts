// An Express service that asks several upstreams for each request, through one fetcher; a client that leaves cancels its own.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Request, type Response } from 'express';
import { lastValueFrom } from 'rxjs';
import { createFetcher, fetchPage, toBatch } from 'sluice';
import { urlsFor } from '../site/small-site.js';

const upstreams = await urlsFor('/google', '/yahoo', '/twistedmatrix');
const fetcher = createFetcher({ concurrency: 50, perHost: { concurrency: 8 }, timeout: { total: 2_000 } });

function lengths(_request: Request, response: Response): void {
  const work = fetcher
    .fetchFrom(upstreams, { project: (page) => page.text().length })
    .pipe(toBatch())
    .subscribe((results) => {
      response.json(results.map((result) => (result.ok ? result.value : result.error)));
    });
  response.once('close', () => {
    if (!response.writableEnded) console.log('the client has left: its fetches are cancelled');
    work.unsubscribe();
  });
}

const service = createServer(express().get('/', lengths)).listen(0, '127.0.0.1');
await once(service, 'listening');
const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}/`;

const page = await lastValueFrom(fetchPage(url));
console.log('answered', page.text());

const asked = once(service, 'request') as Promise<[Request, Response]>;
const impatient = fetchPage(url).subscribe();
const [, given] = await asked;
impatient.unsubscribe();
await once(given, 'close');
service.close();
service.closeAllConnections();
