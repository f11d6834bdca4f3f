import { lastValueFrom } from 'rxjs';
import { Agent, cacheStores } from 'undici';
import { describe, expect } from 'vitest';
import { fetchFrom, toBatch } from '../../../lib/index.js';
import { undiciTransport, type DnsOptions } from '../../../lib/transports/undici/index.js';
import { selfSigned } from '../../support/certificate.js';
import { leavesNothingBehind } from '../../support/leaks.js';
import { failureOf, it, pageOf, type Net } from '../../support/net.js';
import type { TestServer } from '../../support/servers.js';

leavesNothingBehind();

/** The machine's 127.0.0.2 stands for the public internet; all else is as it is. */
const isPublic = (address: string): boolean => address === '127.0.0.2';

/** A lookup of these names. @param table addresses, one list for each time that a name is asked; the last one stays */
function names(table: Readonly<Record<string, readonly (readonly string[])[]>>): DnsOptions {
  const times = new Map<string, number>();
  return {
    ttl: 0,
    lookup: (name, _options, done) => {
      const answers = table[name] ?? [];
      const time = times.get(name) ?? 0;
      times.set(name, time + 1);
      const addresses = answers[Math.min(time, answers.length - 1)] ?? [];
      done(
        null,
        addresses.map((address) => ({ address, family: 4 })),
      );
    },
  };
}

/** A server at a private address. */
const inside = (net: Net): Promise<TestServer> => net.serve((_request, response) => response.end('secret'));

/** A server at the public address that redirects to what its path says. */
const outside = (net: Net): Promise<TestServer> =>
  net.serve((request, response) => response.writeHead(302, { Location: locationIn(request.url) }).end(), {
    host: '127.0.0.2',
  });

/** As bytes of UTF-8, which a header of Node is given as Latin-1. */
const locationIn = (path = ''): string => Buffer.from(decodeURIComponent(path.slice(1))).toString('latin1');

const via = ({ url }: TestServer, location: string): string => `${url}/${encodeURIComponent(location)}`;

describe("privateAddresses: 'direct'", () => {
  it('is the default, and lets the caller name a private host', async ({ net }) => {
    const server = await inside(net);
    expect((await pageOf(undiciTransport({ isPublic }), server.url)).text()).toBe('secret');
    expect((await pageOf(undiciTransport(), server.url)).text()).toBe('secret');
  });

  it('does not hand out of a cache what a caller has fetched from a private host', async ({ net }) => {
    const server = await net.serve((_request, response) =>
      response.writeHead(200, { 'cache-control': 'max-age=60' }).end('secret'),
    );
    const evil = await outside(net);
    const cache = new cacheStores.MemoryCacheStore();
    const transport = undiciTransport({ isPublic, cache });
    await pageOf(transport, server.url);
    const again = await pageOf(transport, server.url);
    expect(again.headers['cache-status']).toBe('sluice; hit');
    expect(await failureOf(transport, via(evil, server.url))).toMatchObject({ kind: 'blocked' });
  });

  it('lets a private host redirect to another', async ({ net }) => {
    const server = await inside(net);
    const other = await net.serve((_request, response) =>
      response.writeHead(302, { Location: server.url }).end(),
    );
    expect((await pageOf(undiciTransport({ isPublic }), other.url)).text()).toBe('secret');
  });

  it('lets a public host redirect to a public one', async ({ net }) => {
    const one = await outside(net);
    const other = await net.serve((_request, response) => response.end('page'), { host: '127.0.0.2' });
    expect((await pageOf(undiciTransport({ isPublic }), via(one, other.url))).text()).toBe('page');
  });

  it('refuses a redirect from a public address to a private one, which it never reaches', async ({ net }) => {
    const server = await inside(net);
    const public_ = await outside(net);
    const error = await failureOf(undiciTransport({ isPublic }), via(public_, `${server.url}/admin`));
    expect(error).toMatchObject({ kind: 'blocked', phase: 'connect', retryable: false });
    expect(error.message).toBe(
      `GET ${server.url}/admin: it is at 127.0.0.1, not a public address (loopback): ` +
        "privateAddresses: 'direct' lets no redirect from a public address lead to one; " +
        "ask for it yourself, or set 'allow' if you trust who redirects",
    );
    expect(server.accepted).toBe(0);
  });

  it.for([
    ['2130706433'],
    ['0x7f000001'],
    ['0177.0.0.1'],
    ['127.1'],
    ['１２７.0.0.1'],
    ['[::ffff:127.0.0.1]'],
    ['[::ffff:7f00:1]'],
    ['[64:ff9b::127.0.0.1]'],
    ['[2002:7f00:1::]'],
    ['[::1]'],
    ['0'],
    ['0.0.0.0'],
    ['127.0.0.1.'],
    ['localhost'],
    ['LOCALHOST'],
    ['169.254.169.254'],
    ['168.63.129.16'],
    ['100.64.0.1'],
    ['10.0.0.1'],
    ['[fd00:ec2::254]'],
    ['[fe80::1]'],
  ])('refuses a redirect to %s', async ([host], { net }) => {
    const server = await inside(net);
    const public_ = await outside(net);
    const url = `http://${host}:${server.port}/`;
    const error = await failureOf(undiciTransport({ isPublic }), via(public_, url));
    expect(error).toMatchObject({ kind: 'blocked' });
    expect(server.accepted).toBe(0);
  });

  it('refuses a redirect to a name that is at a private address', async ({ net }) => {
    const server = await inside(net);
    const public_ = await outside(net);
    const dns = names({ 'evil.example': [['127.0.0.2', '127.0.0.1']] });
    const error = await failureOf(
      undiciTransport({ isPublic, dns }),
      via(public_, `http://evil.example:${server.port}/`),
    );
    expect(error.kind).toBe('blocked');
    expect(error.message).toContain('evil.example is at 127.0.0.1, not a public address (loopback)');
    expect(server.accepted).toBe(0);
  });

  it('refuses it though a connection that another caller may have is open there', async ({ net }) => {
    const server = await inside(net);
    const public_ = await outside(net);
    const transport = undiciTransport({ isPublic });
    await pageOf(transport, server.url); // kept alive from here on
    const error = await failureOf(transport, via(public_, server.url));
    expect(error.kind).toBe('blocked');
    expect([server.accepted, server.open]).toEqual([1, 1]);
  });

  it('refuses it many hops after the public one', async ({ net }) => {
    const server = await inside(net);
    const public_ = await outside(net);
    const second = await outside(net);
    const chain = via(public_, via(second, via(public_, server.url)));
    expect(await failureOf(undiciTransport({ isPublic }), chain)).toMatchObject({ kind: 'blocked' });
    expect(server.accepted).toBe(0);
  });

  it('refuses it after a private host has led to the public one', async ({ net }) => {
    const server = await inside(net);
    const public_ = await outside(net);
    const first = await net.serve((_request, response) =>
      response.writeHead(302, { Location: via(public_, server.url) }).end(),
    );
    expect(await failureOf(undiciTransport({ isPublic }), first.url)).toMatchObject({ kind: 'blocked' });
    expect(server.accepted).toBe(0);
  });

  it('refuses it where the public host closes its connection with the redirect', async ({ net }) => {
    const server = await inside(net);
    const public_ = await net.serve(
      (_request, response) => response.writeHead(302, { Location: server.url, Connection: 'close' }).end(),
      { host: '127.0.0.2' },
    );
    expect(await failureOf(undiciTransport({ isPublic }), public_.url)).toMatchObject({ kind: 'blocked' });
    expect(server.accepted).toBe(0);
  });

  it('follows a name that moves from a public address to a private one no further', async ({ net }) => {
    const server = await inside(net);
    const dns = names({ 'moves.example': [['127.0.0.2'], ['127.0.0.1']] });
    const public_ = await net.serve(
      (_request, response) =>
        response
          .writeHead(302, { Location: `http://moves.example:${server.port}/`, Connection: 'close' })
          .end(),
      { host: '127.0.0.2' },
    );
    const transport = undiciTransport({ isPublic, dns });
    const error = await failureOf(transport, `http://moves.example:${public_.port}/`);
    expect(error.kind).toBe('blocked');
    expect(server.accepted).toBe(0);
  });
});

describe("privateAddresses: 'block'", () => {
  it.for(['http:', 'https:'])(
    'refuses a private host over %s, before it is reached',
    async (scheme, { net }) => {
      const server = await inside(net);
      const error = await failureOf(
        undiciTransport({ privateAddresses: 'block' }),
        server.url.replace('http:', scheme),
      );
      expect(error).toMatchObject({ kind: 'blocked', phase: 'connect', retryable: false });
      expect(error.message).toContain("privateAddresses: 'block' refuses all of those");
      expect(server.accepted).toBe(0);
    },
  );

  it('refuses a name that is at one, and lets one through that is not', async ({ net }) => {
    const server = await net.serve((_request, response) => response.end('page'), { host: '127.0.0.2' });
    const dns = names({ 'private.example': [['127.0.0.1']], 'public.example': [['127.0.0.2']] });
    const transport = undiciTransport({ privateAddresses: 'block', isPublic, dns });
    expect((await pageOf(transport, `http://public.example:${server.port}/`)).text()).toBe('page');
    const error = await failureOf(transport, `http://private.example:${server.port}/`);
    expect(error).toMatchObject({ kind: 'blocked' });
  });

  it('holds for a connection that a transport without it has open', async ({ net }) => {
    const server = await inside(net);
    await pageOf(undiciTransport(), server.url);
    expect(await failureOf(undiciTransport({ privateAddresses: 'block' }), server.url)).toMatchObject({
      kind: 'blocked',
    });
    expect(server.accepted).toBe(1);
  });

  it.for(['http', 'https'])(
    'looks at the address that was connected to, too (%s)',
    async (scheme, { net }) => {
      const heard: Buffer[] = [];
      const server = await net.serveRaw((socket) => socket.on('data', (bytes: Buffer) => heard.push(bytes)));
      let looks = 0;
      const changesItsMind = (): boolean => ++looks === 1; // as if the network led elsewhere than the address says
      const transport = undiciTransport({ privateAddresses: 'block', isPublic: changesItsMind });
      const error = await failureOf(transport, `${scheme}://127.0.0.1:${server.port}/`);
      expect(error).toMatchObject({ kind: 'blocked' });
      await server.accepts(1);
      await server.idle();
      expect(heard).toEqual([]);
    },
  );

  it('takes an isPublic that throws for a no', async ({ net }) => {
    const server = await inside(net);
    const isBroken = (): boolean => {
      throw new Error('it is broken');
    };
    const blocking = undiciTransport({ privateAddresses: 'block', isPublic: isBroken });
    expect((await failureOf(blocking, server.url)).message).toContain('isPublic threw Error: it is broken');
    expect((await pageOf(undiciTransport({ isPublic: isBroken }), server.url)).text()).toBe('secret');
  });

  it('is an option of a pipeline', async ({ net }) => {
    const server = await inside(net);
    const [first] = await lastValueFrom(
      fetchFrom([server.url], { privateAddresses: 'block' }).pipe(toBatch()),
    );
    expect(first).toMatchObject({ ok: false, attempts: 1, error: { kind: 'blocked' } });
    expect(server.accepted).toBe(0);
  });

  it('of a pipeline is refused beside a transport, which may know nothing of it', () => {
    expect(() => fetchFrom([], { privateAddresses: 'block', transport: undiciTransport() })).toThrow(
      'give `privateAddresses` to your `transport`',
    );
  });
});

describe("privateAddresses: 'allow'", () => {
  it('follows a public host to a private one', async ({ net }) => {
    const server = await inside(net);
    const public_ = await outside(net);
    const transport = undiciTransport({ isPublic, privateAddresses: 'allow' });
    expect((await pageOf(transport, via(public_, server.url))).text()).toBe('secret');
  });
});

describe('a dispatcher of the caller', () => {
  const dispatcher = new Agent();

  it.for([['direct'], ['block']] as const)(
    'is refused beside privateAddresses: %s, unless it is said to filter',
    ([privateAddresses]) => {
      expect(() => undiciTransport({ dispatcher, privateAddresses })).toThrow(
        `undiciTransport: privateAddresses: '${privateAddresses}' cannot be kept by a dispatcher of your own`,
      );
      expect(undiciTransport({ dispatcher, privateAddresses, proxyFilters: true })).toBeTypeOf('function');
      expect(undiciTransport({ dispatcher, privateAddresses: 'allow' })).toBeTypeOf('function');
    },
  );
});

it('a page of another origin that TLS protects is guarded as well', async ({ net }) => {
  const tls = selfSigned({ hosts: ['127.0.0.1', '127.0.0.2'] });
  const server = await net.serve((_request, response) => response.end('secret'), { tls });
  const public_ = await net.serve(
    (_request, response) => response.writeHead(302, { Location: server.url }).end(),
    { tls, host: '127.0.0.2' },
  );
  const transport = undiciTransport({ isPublic, ca: tls.cert });
  expect((await pageOf(transport, server.url)).text()).toBe('secret');
  expect(await failureOf(transport, public_.url)).toMatchObject({ kind: 'blocked' });
  expect(server.accepted).toBe(1);
});
