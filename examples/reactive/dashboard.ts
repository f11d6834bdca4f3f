// A live dashboard: URLs keep coming, from a timer and from the page itself, and their records go to every page that
// is open as server-sent events. The last page that closes stops the fetching; Ctrl-C ends it all.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import express, { type Request, type Response } from 'express';
import { map, merge, ReplaySubject, share, Subject, timer, zip } from 'rxjs';
import { fetchEach, type Page } from 'sluice';
import { urlsFor } from '../site/small-site.js';

const urls = await urlsFor('/google', '/yahoo', '/nowhere', '/twistedmatrix', 'http://bogus.invalid/');
const listed$ = zip(urls, timer(0, 200)).pipe(map(([url]) => url));
const added$ = new Subject<string>();

const titleOf = (page: Page) => /<title>(.*?)<\/title>/s.exec(page.text())?.[1] ?? 'no title';
const rows$ = merge(listed$, added$).pipe(
  fetchEach({ concurrency: 8, timeout: 10_000, project: titleOf }),
  map(({ request: { url }, duration, ...result }) => {
    return {
      url,
      ok: result.ok,
      says: result.ok ? result.value : result.error.message,
      ms: Math.round(duration),
    };
  }),
  share({ connector: () => new ReplaySubject(1_000) }), // who opens a page later sees what came before
);

function stream(_request: Request, response: Response): void {
  response
    .writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    .flushHeaders();
  const rows = rows$.subscribe((row) => response.write(`data: ${JSON.stringify(row)}\n\n`));
  response.once('close', () => {
    rows.unsubscribe();
    console.log('a page has closed');
  });
}

/** As JSON alone: that is what another site's page cannot post here unasked. With no page open nobody would see it. */
function add({ body }: Request, response: Response): void {
  const { url } = (body ?? {}) as { url?: unknown };
  const isUrl = typeof url === 'string' && url !== '';
  if (isUrl) added$.next(url);
  response.sendStatus(!isUrl ? 400 : added$.observed ? 202 : 409);
}

const app = express();
const page = fileURLToPath(new URL('dashboard.html', import.meta.url));
app.get('/', (_request, response) => response.sendFile(page));
app.get('/rows', stream);
app.post('/urls', express.json(), add);

const service = createServer(app).listen(0, '127.0.0.1');
await once(service, 'listening');
console.log(`http://127.0.0.1:${(service.address() as AddressInfo).port}/ (Ctrl-C ends it)`);
await once(process, 'SIGINT');
service.close();
service.closeAllConnections();
