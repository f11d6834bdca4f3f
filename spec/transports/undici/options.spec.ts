import { readFileSync } from 'node:fs';
import { Agent } from 'undici';
import { expect, it } from 'vitest';
import { undiciTransport, type UndiciTransportOptions } from '../../../lib/transports/undici/index.js';

const refusal = (options: unknown): string => {
  try {
    undiciTransport(options as UndiciTransportOptions);
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError);
    return (error as TypeError).message;
  }
  return 'it was taken';
};

it.each([
  [{ dispatcher: {} }, 'expected `dispatcher` to be a dispatcher of undici, got {}'],
  [
    { privateAddresses: 'none' },
    "expected `privateAddresses` to be 'allow', 'direct' or 'block', got 'none'",
  ],
  [{ isPublic: true }, 'expected `isPublic` to be a function of an address, got true'],
  [{ ca: 1 }, 'expected `ca` to be PEM, as a string or Buffer, or an array of those, got 1'],
  [{ cert: '' }, "expected `cert` to be PEM, as a string or Buffer, got ''"],
  [{ key: null }, 'expected `key` to be PEM, as a string or Buffer, got null'],
  [{ servername: '' }, "expected `servername` to be the name of a host, got ''"],
  [
    { insecureHosts: ['https://dev.local'] },
    "expected `insecureHosts` to be an array of hosts such as `dev.local:8443`, got [ 'https://dev.local' ]",
  ],
  [{ insecureHosts: ['*'] }, /^expected `insecureHosts`/],
  [{ insecureHosts: 'dev.local' }, /^expected `insecureHosts`/],
  [{ dns: 1 }, 'expected `dns` to be an object of `ttl`, `negativeTtl`, `family`, `lookup`, got 1'],
  [{ dns: { ttl: -1 } }, 'expected `dns.ttl` to be a number of ms from 0 up, got -1'],
  [{ dns: { negativeTtl: NaN } }, 'expected `dns.negativeTtl` to be a number of ms from 0 up, got NaN'],
  [{ dns: { family: 5 } }, 'expected `dns.family` to be 4 or 6, got 5'],
  [{ dns: { lookup: 1 } }, 'expected `dns.lookup` to be a function like dns.lookup, got 1'],
  [{ dns: { time: 1 } }, 'there is no option `dns.time`; the options are ttl, negativeTtl, family, lookup'],
  [{ connections: 0 }, 'expected `connections` to be an integer from 1 up, got 0'],
  [{ connections: 1.5 }, 'expected `connections` to be an integer from 1 up, got 1.5'],
  [{ keepAlive: 0 }, 'expected `keepAlive` to be a number of ms above 0, got 0'],
  [{ keepAlive: Infinity }, 'expected `keepAlive` to be a number of ms above 0, got Infinity'],
  [{ http2: 1 }, 'expected `http2` to be true or false, got 1'],
  [
    { proxy: '' },
    /^expected `proxy` to be the URL of a proxy, a function that returns one, or 'env', got ''/,
  ],
  [{ proxy: 'http://me:secret@' }, /^the proxy "http:\/\/\*\*\*@" is not a URL/],
  [
    { proxy: 'ftp://h' },
    'the proxy "ftp://h" is neither http: nor https:; give undiciTransport a `dispatcher` for others, such as undici\'s Socks5ProxyAgent',
  ],
  [{ proxyFilters: 1 }, 'expected `proxyFilters` to be true or false, got 1'],
  [{ cert: 'pem' }, /^`cert` and `key` go together/],
  [{ key: 'pem' }, /^`cert` and `key` go together/],
  [{ timeout: 1 }, /^there is no option `timeout`; the options are dispatcher, /],
  [
    { dispatcher: new Agent(), connections: 1 },
    '`connections` is for connections that sluice makes: give it to your dispatcher, or leave that out',
  ],
])('undiciTransport(%o) is refused: %s', (options, sentence) => {
  const [caller, told] = refusal(options).split(/: (.*)/s);
  expect(caller).toBe('undiciTransport');
  if (typeof sentence === 'string') expect(told).toBe(sentence);
  else expect(told).toMatch(sentence);
});

it('takes every option that is right, and what is undefined', () => {
  const options: UndiciTransportOptions = {
    privateAddresses: undefined,
    isPublic: () => true,
    ca: [Buffer.from('pem'), 'pem'],
    cert: 'pem',
    key: 'pem',
    servername: 'inside.example',
    dns: { ttl: 0, negativeTtl: Infinity, family: 6, lookup: (_name, _options, done) => done(null, []) },
    connections: 1,
    keepAlive: 0.5,
    http2: true,
    proxy: 'https://proxy.example',
    proxyFilters: true,
  };
  expect(undiciTransport(options)).toBeTypeOf('function');
});

it('has no option that its page does not list', () => {
  const page = readFileSync(new URL('../../../docs/15-connections.md', import.meta.url), 'utf8');
  const [, table = ''] = page.split('## The options');
  const listed = [...table.matchAll(/^\|([^|]*)\|/gm)].flatMap(
    ([, cell = '']) => cell.match(/[\w.]+(?=`)/g) ?? [],
  );
  const known = (options: unknown): string[] => refusal(options).split('options are ')[1]?.split(', ') ?? [];
  const names = [
    ...known({ x: 1 }).filter((name) => name !== 'dns'),
    ...known({ dns: { x: 1 } }).map((name) => `dns.${name}`),
  ];
  expect(listed.filter((name) => !/^[A-Z]/.test(name)).sort()).toEqual(names.sort());
});
