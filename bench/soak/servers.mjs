// The servers of the soak, in a process of their own: those that behave, and the ones of spec/faults.
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { everyFault } from '../../spec/faults/run.ts';
import { authority, selfSigned } from '../../spec/support/certificate.ts';
import { serve, serveRaw } from '../../spec/support/servers.ts';

const text = 'sluice '.repeat(3_000);
const page = Buffer.alloc(1_024, 'x');
const large = Buffer.alloc(512 * 1_024, 'y');
const html = { 'content-type': 'text/html; charset=utf-8' };
const gzipped = gzipSync(text);
const brotli = brotliCompressSync(text);

/** How long a slow answer takes, in ms. */
const slowness = 200;
/** So many answers are the last on their connection, which is closed a moment later without a word. */
const shareOfClosing = 0.01;
const shareOfBusy = 0.3;

const answers = {
  page: (response) => response.writeHead(200, html).end(page),
  gzip: (response) => response.writeHead(200, { ...html, 'content-encoding': 'gzip' }).end(gzipped),
  br: (response) => response.writeHead(200, { ...html, 'content-encoding': 'br' }).end(brotli),
  hop: (response, [left]) => redirect(response, Number(left) > 0 ? `/hop/${left - 1}` : '/page/0'),
  cookie: (response, [name]) => {
    response.writeHead(200, { 'set-cookie': [`at=${Date.now()}; Path=/`, `n${name}=1; Path=/; Max-Age=1`] });
    response.end(page);
  },
  cached: (response, [name]) => {
    response.writeHead(200, { 'cache-control': 'max-age=2', etag: `"${name}"` }).end(page);
  },
  large: (response) => response.writeHead(200, { etag: '"large"' }).end(large),
  busy: (response) => {
    if (Math.random() < shareOfBusy) response.writeHead(503).end('busy');
    else response.end(page);
  },
  missing: (response) => response.writeHead(404, html).end('not here'),
  slow: (response) => {
    const timer = setTimeout(() => response.end(page), slowness);
    response.once('close', () => clearTimeout(timer));
  },
};

function redirect(response, location) {
  response.writeHead(302, { location, 'set-cookie': `hop=${Date.now()}; Path=/` }).end('on');
}

function answer({ url, socket }, response) {
  const [, name, ...rest] = url.split('/');
  if (Math.random() < shareOfClosing) {
    response.once('finish', () => setTimeout(() => socket.destroy(), 5));
  }
  answers[name](response, rest);
}

const servers = [];
const kept = (start) => {
  return async (...args) => {
    const server = await start(...args);
    servers.push(server);
    return server;
  };
};

/** @returns what the client needs: the sites, who signed for the one with TLS, and a request for each fault */
async function open() {
  const issuer = authority('soak');
  const tls = selfSigned({ issuer, hosts: ['127.0.0.1'] });
  const sites = [await kept(serve)(answer), await kept(serve)(answer, { host: '127.0.0.2' })];
  sites.push(await kept(serve)(answer, { tls }));
  const faults = await everyFault({ serve: kept(serve), serveRaw: kept(serveRaw) });
  return { sites: sites.map(({ url }) => url), ca: issuer.cert, faults };
}

process.on('message', () => {
  globalThis.gc();
  process.send({
    sockets: servers.reduce((sum, server) => sum + server.open, 0),
    accepted: servers.reduce((sum, server) => sum + server.accepted, 0),
    heap: process.memoryUsage().heapUsed,
  });
});
process.once('disconnect', () => process.exit());
process.on('SIGINT', () => {}); // Ctrl-C reaches it too; its parent ends it
process.send(await open());
