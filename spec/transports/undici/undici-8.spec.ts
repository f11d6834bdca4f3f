import { gzipSync } from 'node:zlib';
import type { Dispatcher } from 'undici';
import { afterAll, describe, expect } from 'vitest';
import { it, openHandles, type Wire } from '../../support/wire.js';

afterAll(async () => expect(await openHandles()).toEqual([]));

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const canRun = major > 22 || (major === 22 && minor >= 19);

/** Runs with an Agent of undici 8, whose types are not those of 7, but whose dispatch is. */
async function withAgent(run: (agent: Dispatcher) => Promise<void>): Promise<void> {
  const { Agent } = await import('undici-8');
  const agent = new Agent();
  await run(agent as unknown as Dispatcher);
  await agent.close();
}

function outcome(wire: Wire, url: string, agent: Dispatcher): Promise<unknown> {
  const { pages } = wire.open(url, {}, agent);
  return new Promise((resolve) => pages.subscribe({ next: resolve, error: resolve }));
}

describe.skipIf(!canRun)('an Agent of undici 8 (which needs Node 22.19) as dispatcher', () => {
  it('fetches a page', ({ wire }) =>
    withAgent(async (agent) => {
      const server = await wire.serve((_request, response) => {
        response.writeHead(200, { 'Content-Encoding': 'gzip', 'X-A': ['b', 'c'] }).end(gzipSync('hello'));
      });
      const page = await outcome(wire, server.url, agent);
      expect(page).toMatchObject({ status: 200, headers: { 'x-a': expect.anything() } });
      expect((page as { text(): string }).text()).toBe('hello');
    }));

  it('follows a redirect over the same connection', ({ wire }) =>
    withAgent(async (agent) => {
      const server = await wire.serve((request, response) => {
        if (request.url === '/') response.writeHead(302, { Location: '/näxt' });
        response.end();
      });
      expect(await outcome(wire, server.url, agent)).toMatchObject({ url: `${server.url}/n%E4xt` });
      expect(server.accepted).toBe(1);
    }));

  it('fails as one of undici 7 does', ({ wire }) =>
    withAgent(async (agent) => {
      const closed = await wire.serveBytes('');
      expect(await outcome(wire, closed.url, agent)).toMatchObject({ kind: 'network', phase: 'headers' });
      const cut = await wire.serveBytes(
        'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 9\r\n\r\ncut',
      );
      expect(await outcome(wire, cut.url, agent)).toMatchObject({ kind: 'network', phase: 'body' });
      const other = await wire.serveBytes('nonsense\r\n\r\n', { stay: true });
      expect(await outcome(wire, other.url, agent)).toMatchObject({ kind: 'protocol', phase: 'headers' });
    }));

  it('aborts when it is unsubscribed', ({ wire }) =>
    withAgent(async (agent) => {
      const asked: { now?: () => void } = {};
      const given = new Promise<void>((resolve) => (asked.now = resolve));
      const server = await wire.serve(() => asked.now?.());
      const subscription = wire.open(server.url, {}, agent).pages.subscribe();
      await given;
      subscription.unsubscribe();
      await server.idle();
    }));
});
