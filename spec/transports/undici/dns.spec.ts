import { describe, expect } from 'vitest';
import { DnsCache, type DnsOptions } from '../../../lib/transports/undici/dns-cache.js';
import { undiciTransport } from '../../../lib/transports/undici/index.js';
import { leavesNothingBehind } from '../../support/leaks.js';
import { failureOf, it, pageOf } from '../../support/net.js';
import { closedPort } from '../../support/servers.js';

leavesNothingBehind();

type Lookup = NonNullable<DnsOptions['lookup']>;

/** A lookup that is answered by hand. */
function byHand(): {
  readonly lookup: Lookup;
  readonly asked: { name: string; family: number; done: Parameters<Lookup>[2] }[];
} {
  const asked: { name: string; family: number; done: Parameters<Lookup>[2] }[] = [];
  return { asked, lookup: (name, { family }, done) => void asked.push({ name, family, done }) };
}

const here = [{ address: '127.0.0.1', family: 4 }];
const notFound = Object.assign(new Error('getaddrinfo ENOTFOUND'), {
  code: 'ENOTFOUND',
  syscall: 'getaddrinfo',
});

/** What a cache answers: addresses, or the error. */
function ask(cache: DnsCache, name: string): Promise<string[] | Error> {
  return new Promise((resolve) =>
    cache.lookup(name, (error, found) => resolve(error ?? found.map(({ address }) => address))),
  );
}

describe('a name', () => {
  it('is asked for once by all who want it at the same time', async () => {
    const { lookup, asked } = byHand();
    const cache = new DnsCache({ lookup });
    const answers = [ask(cache, 'a.example'), ask(cache, 'b.example'), ask(cache, 'a.example')];
    expect(asked.map(({ name }) => name)).toEqual(['a.example', 'b.example']);
    asked[1]?.done(notFound, []);
    asked[0]?.done(null, here);
    expect(await Promise.all(answers)).toEqual([['127.0.0.1'], notFound, ['127.0.0.1']]);
  });

  it('is remembered for `ttl`, and one that has no address for `negativeTtl`', async ({ onTestFinished }) => {
    const asked: string[] = [];
    const lookup: Lookup = (name, _options, done) => {
      asked.push(name);
      if (name === 'none.example') done(notFound, []);
      else done(null, here);
    };
    const cache = new DnsCache({ lookup, ttl: 100, negativeTtl: 10 });
    const clock = { now: 0 };
    const { now } = performance;
    performance.now = () => clock.now;
    onTestFinished(() => void (performance.now = now));
    for (const time of [0, 9, 10, 99, 100]) {
      clock.now = time;
      await ask(cache, 'a.example');
      expect(await ask(cache, 'none.example')).toBe(notFound);
      asked.push(`${time}`);
    }
    expect(asked.join(' ')).toBe('a.example none.example 0 9 none.example 10 none.example 99 a.example 100');
  });

  it('is not remembered where the time is 0', async () => {
    const { lookup, asked } = byHand();
    const cache = new DnsCache({ lookup, ttl: 0 });
    for (const time of [0, 1]) {
      const answer = ask(cache, 'a.example');
      asked[time]?.done(null, here);
      await answer;
    }
    expect(asked).toHaveLength(2);
  });

  it('with an empty list of addresses has none', async () => {
    const cache = new DnsCache({ lookup: (_name, _options, done) => done(null, []) });
    expect(await ask(cache, 'a.example')).toMatchObject({
      message: 'a.example has no address',
      code: 'ENODATA',
    });
  });

  it.for<
    [
      what: string,
      lookup: (name: string, options: object, done: (...answer: unknown[]) => void) => void,
      message: string,
    ]
  >([
    [
      'no list of addresses, as with `all: false`',
      (_name, _options, done) => done(null, '127.0.0.1', 4),
      '`dns.lookup` has to call back with a list of { address, family }',
    ],
    [
      'what is no address',
      (_name, _options, done) => done(null, [null, { address: 'localhost' }]),
      '`dns.lookup` has to call back with a list of { address, family }',
    ],
    ['an error that is none', (_name, _options, done) => done('no idea'), 'no idea'],
  ])('fails where the lookup gives %s', async ([, lookup, message]) => {
    const error = await failureOf(
      undiciTransport({ dns: { lookup: lookup as Lookup } }),
      'http://a.example/',
    );
    expect(error).toMatchObject({ kind: 'dns', message: expect.stringContaining(message) });
  });

  it('fails where the lookup throws, and is asked for again later', async () => {
    let broken = true;
    const lookup: Lookup = (_name, _options, done) => {
      if (broken) throw notFound;
      done(null, here);
    };
    const cache = new DnsCache({ lookup, negativeTtl: 0 });
    expect(await ask(cache, 'a.example')).toBe(notFound);
    broken = false;
    expect(await ask(cache, 'a.example')).toEqual(['127.0.0.1']);
  });

  it('answers once, however often the lookup calls back, and never in the same turn', async () => {
    const cache = new DnsCache({
      lookup: (_name, _options, done) => {
        done(null, here);
        done(notFound, []);
      },
    });
    const answers: unknown[] = [];
    cache.lookup('a.example', (error) => answers.push(error));
    expect(answers).toEqual([]);
    expect(await ask(cache, 'a.example')).toEqual(['127.0.0.1']);
    cache.lookup('a.example', (error) => answers.push(error));
    expect(answers).toEqual([null]);
  });

  it('that was asked for longest ago is forgotten where there are 10,000', async () => {
    const asked: string[] = [];
    const cache = new DnsCache({
      lookup: (name, _options, done) => {
        asked.push(name);
        done(null, here);
      },
    });
    for (let name = 0; name <= 10_000; name++) await ask(cache, String(name));
    await ask(cache, '1');
    expect(asked).toHaveLength(10_001);
    await ask(cache, '0');
    expect(asked).toHaveLength(10_002);
  });
});

describe('a transport', () => {
  it('asks for a name once for many connections', async ({ net }) => {
    const server = await net.serve((_request, response) => response.end());
    const asked: string[] = [];
    const lookup: Lookup = (name, { family }, done) => {
      asked.push(`${name} ${family}`);
      done(null, here);
    };
    const transport = undiciTransport({ dns: { lookup } });
    const url = `http://one.example:${server.port}/`;
    await Promise.all([pageOf(transport, url), pageOf(transport, url), pageOf(transport, url)]);
    expect(server.accepted).toBe(3);
    expect(asked).toEqual(['one.example 0']);
  });

  it('asks for the addresses of one family alone where it is told', async ({ net }) => {
    const server = await net.serve((_request, response) => response.end('page'));
    const families: number[] = [];
    const lookup: Lookup = (_name, { family }, done) => {
      families.push(family);
      done(null, here);
    };
    const transport = undiciTransport({ dns: { lookup, family: 4 } });
    expect((await pageOf(transport, `http://one.example:${server.port}/`)).text()).toBe('page');
    expect(families).toEqual([4]);
  });

  it('tries the next address where the first refuses', async ({ net }) => {
    const server = await net.serve((_request, response) => response.end('page'));
    const dead = { address: '127.0.0.3', family: 4 };
    const transport = undiciTransport({
      dns: { lookup: (_name, _options, done) => done(null, [dead, ...here]) },
    });
    expect((await pageOf(transport, `http://two.example:${server.port}/`)).text()).toBe('page');
  });

  it('names every address that it has tried', async () => {
    const port = await closedPort();
    const addresses = ['127.0.0.1', '127.0.0.2', '127.0.0.3'].map((address) => ({ address, family: 4 }));
    const transport = undiciTransport({ dns: { lookup: (_name, _options, done) => done(null, addresses) } });
    const error = await failureOf(transport, `http://many.example:${port}/`);
    expect(error).toMatchObject({ kind: 'connect', code: 'ECONNREFUSED', phase: 'connect', retryable: true });
    expect(error.message).toBe(
      `GET http://many.example:${port}/: none of 3 addresses could be connected: ` +
        addresses.map(({ address }) => `connect ECONNREFUSED ${address}:${port}`).join(', '),
    );
    expect(error.cause).toBeInstanceOf(AggregateError);
  });

  it('fails with kind dns where there is no address', async () => {
    const transport = undiciTransport({ dns: { lookup: (_name, _options, done) => done(notFound, []) } });
    expect(await failureOf(transport, 'http://none.example/')).toMatchObject({
      kind: 'dns',
      code: 'ENOTFOUND',
      phase: 'connect',
      retryable: false,
    });
  });
});
