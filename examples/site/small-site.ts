import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The pages of the short programs: how long each takes and how long it is. */
const pages: Readonly<Record<string, { readonly ms: number; readonly text: string }>> = {
  '/google': { ms: 120, text: `<!doctype html><title>google</title>${'g'.repeat(5_000)}` },
  '/yahoo': { ms: 80, text: `<!doctype html><title>yahoo</title>${'y'.repeat(9_000)}` },
  '/twistedmatrix': { ms: 200, text: `<!doctype html><title>twistedmatrix</title>${'t'.repeat(3_000)}` },
  '/foundation': { ms: 160, text: `<!doctype html><title>foundation</title>${'f'.repeat(2_000)}` },
};

/**
 * The URLs that a program is about: those given to it as arguments, or else `paths` of a small site on this
 * machine. The site does not keep the program alive.
 */
export async function urlsFor(...paths: readonly string[]): Promise<readonly string[]> {
  const given = process.argv.slice(2);
  if (given.length > 0) return given;
  const origin = await smallSite();
  return paths.map((path) => (path.startsWith('/') ? origin + path : path));
}

/** Starts the site. @returns its origin */
async function smallSite(): Promise<string> {
  const server = createServer(({ url = '' }, response) => {
    const page = pages[url];
    if (url === '/silent') return;
    setTimeout(() => {
      response.writeHead(page ? 200 : 404, { 'content-type': 'text/html' });
      response.end(page?.text ?? 'there is no such page');
    }, page?.ms ?? 20);
  });
  server.on('connection', (socket) => socket.unref());
  server.listen(0, '127.0.0.1').unref();
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
