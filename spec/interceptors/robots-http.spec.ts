import { describe, expect } from 'vitest';
import { robots } from '../../lib/interceptors/robots/index.js';
import { fetchAll, redirectTo, site, withHeaders, type Answer } from '../support/sites.js';
import { it } from '../support/wire.js';

const polite = () => robots({ userAgent: 'ExampleBot/1.0' });
const forbids =
  (...lines: string[]): Answer =>
  (_request, response) => {
    response.end(['User-agent: *', ...lines].join('\n'));
  };

describe('robots, over sockets', () => {
  it('asks for robots.txt under its name and without what the caller sends', async ({ wire }) => {
    const a = await site(wire, 'user-agent', { '/robots.txt': forbids('Disallow: /private') });
    let secrets = 0;
    const b = await site(
      wire,
      'authorization',
      {
        '/robots.txt': (request, response) => {
          if (request.headers.authorization !== undefined || request.headers.cookie !== undefined) secrets++;
          response.writeHead(404).end();
        },
      },
      { host: '127.0.0.2' },
    );
    const headers = { authorization: 'Bearer 1', cookie: 'id=1', 'user-agent': 'other' };
    const inputs = [
      { url: `${a.url}/1`, headers },
      { url: `${a.url}/private/2`, headers },
      { url: `${b.url}/3`, headers },
    ];
    const records = await fetchAll(wire, inputs, [polite()], { concurrency: 16 });
    expect(records.map((record) => (record.ok ? 'ok' : record.error.kind))).toEqual(['ok', 'blocked', 'ok']);
    expect(a.asked).toEqual(['/robots.txt ExampleBot/1.0', '/1 other']);
    expect(b.asked).toEqual(['/robots.txt -', '/3 Bearer 1']);
    expect(secrets).toBe(0);
  });

  it('follows no redirect to where robots.txt keeps it out', async ({ wire }) => {
    const a = await site(wire, 'host', {
      '/robots.txt': forbids('Disallow: /private'),
      '/': redirectTo('/step'),
      '/step': redirectTo('/private'),
    });
    const [record] = await fetchAll(wire, [`${a.url}/`], [polite()]);
    expect(record).toMatchObject({
      ok: false,
      error: {
        kind: 'blocked',
        message: `GET ${a.url}/: line 2 of ${a.url}/robots.txt (Disallow: /private) keeps ExampleBot out`,
      },
    });
    expect(a.asked.map((line) => line.split(' ')[0])).toEqual(['/robots.txt', '/', '/step']);
  });

  it('reads the robots.txt of another origin before it follows a redirect there', async ({ wire }) => {
    const b = await site(
      wire,
      'host',
      { '/robots.txt': forbids('Disallow: /private') },
      { host: '127.0.0.2' },
    );
    const a = await site(wire, 'host', {
      '/open': redirectTo(`${b.url}/open`),
      '/closed': redirectTo(`${b.url}/private`),
      '/form': redirectTo(`${b.url}/private`, {}, 307),
    });
    const inputs = [`${a.url}/open`, `${a.url}/closed`, { url: `${a.url}/form`, method: 'POST' }];
    const records = await fetchAll(wire, inputs, [polite()]);
    expect(records.map((record) => (record.ok ? record.value.redirects.length : record.error.kind))).toEqual([
      1,
      'blocked',
      'blocked',
    ]);
    expect(b.asked.map((line) => line.split(' ')[0])).toEqual(['/robots.txt', '/open']);
    // once more from the start, for the origin that was not known
    expect(a.asked.map((line) => line.split(' ')[0])).toEqual([
      '/robots.txt',
      '/open',
      '/open',
      '/closed',
      '/form',
    ]);
  });

  it('sends no form twice: where it is redirected to is not judged if it is not known yet', async ({
    wire,
  }) => {
    const b = await site(wire, 'host', { '/robots.txt': forbids('Disallow: /') }, { host: '127.0.0.2' });
    const a = await site(wire, 'host', { '/form': redirectTo(`${b.url}/form`, {}, 307) });
    const [record] = await fetchAll(wire, [{ url: `${a.url}/form`, method: 'POST', body: 'x' }], [polite()]);
    expect(record?.ok).toBe(true);
    expect([...a.asked, ...b.asked].map((line) => line.split(' ')[0])).toEqual([
      '/robots.txt',
      '/form',
      '/form',
    ]);
  });

  it('gives up on who leads it from origin to origin', async ({ wire }) => {
    const hosts = Array.from({ length: 8 }, (_, n) => `127.0.1.${n + 1}`);
    const urls: string[] = [];
    let files = 0;
    for (const [n, host] of hosts.entries()) {
      const server = await wire.serve(
        (request, response) => {
          if (request.url === '/robots.txt') files++;
          if (request.url === '/robots.txt' || n === hosts.length - 1) response.end();
          else response.writeHead(302, { location: urls[n + 1] }).end();
        },
        { host },
      );
      urls.push(`${server.url}/`);
    }
    const [record] = await fetchAll(wire, [urls[0]!], [polite()]);
    expect(record).toMatchObject({ ok: false, error: { kind: 'blocked' } });
    expect(record).toMatchObject({ error: { message: expect.stringContaining('more than 5 origins') } });
    expect(files).toBe(6); // its own, and five more
  });

  it('lets nobody in at a server that is down, and says so', async ({ wire }) => {
    const a = await site(wire, 'host', { '/robots.txt': withHeaders({}, 500) });
    const [record] = await fetchAll(wire, [`${a.url}/`], [polite()]);
    expect(record).toMatchObject({ ok: false, error: { kind: 'blocked', retryable: true } });
    expect(a.asked).toHaveLength(1);
  });

  it('reads robots.txt once, however many come at once', async ({ wire }) => {
    const a = await site(wire, 'host');
    const inputs = Array.from({ length: 200 }, (_, n) => `${a.url}/${n}`);
    const records = await fetchAll(wire, inputs, [polite()], { concurrency: 64 });
    expect(records.filter(({ ok, attempts }) => ok && attempts === 1)).toHaveLength(200);
    expect(a.asked).toHaveLength(201);
    expect(new Set(a.asked).size).toBe(201);
  });

  it('keeps the Crawl-delay of each host, at the same time', async ({ wire }) => {
    const starts: { host: string; at: number }[] = [];
    const answer: Answer = (request, response) => {
      starts.push({ host: request.headers.host ?? '', at: performance.now() });
      response.end();
    };
    const answers = { '/robots.txt': forbids('Crawl-delay: 0.06'), '/1': answer, '/2': answer, '/3': answer };
    const a = await site(wire, 'host', answers);
    const b = await site(wire, 'host', answers, { host: '127.0.0.2' });
    const inputs = [a, b].flatMap(({ url }) => [`${url}/1`, `${url}/2`, `${url}/3`]);
    const records = await fetchAll(wire, inputs, [polite()], { concurrency: 16 });
    expect(records.every(({ ok, attempts }) => ok && attempts === 1)).toBe(true);
    for (const { host, port } of [a, b]) {
      const times = starts.filter((start) => start.host === `${host}:${port}`).map(({ at }) => at);
      expect(times).toHaveLength(3);
      expect(times[2]! - times[0]!).toBeGreaterThan(90); // two delays of 60 ms, less what the network jitters
    }
  });
});
