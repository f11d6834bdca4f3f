import { of, throwError, type Observable, VirtualTimeScheduler } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createFetcher } from '../../lib/creators/create-fetcher.js';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import { coalesce } from '../../lib/interceptors/coalesce.js';
import { hedge } from '../../lib/interceptors/hedge.js';
import type { Interceptor } from '../../lib/interceptors/interceptor.js';
import { robots, type RobotsOptions } from '../../lib/interceptors/robots/index.js';
import { FetchError } from '../../lib/model/fetch-error.js';
import type { Page } from '../../lib/model/page.js';
import type { FetchRequest } from '../../lib/model/request.js';
import type { FetchResult } from '../../lib/model/result.js';
import { failure, page } from '../../lib/testing/index.js';
import { marbles } from '../support/marbles.js';

const userAgent = 'ExampleBot/1.0 (+https://example.org/bot)';
const polite = (options: Partial<RobotsOptions> = {}): Interceptor => robots({ userAgent, ...options });
const file = 'http://a/robots.txt';
const says = (...lines: string[]): ReturnType<typeof page> => page(file, { body: lines.join('\n') });
const slowly = says('User-agent: *', 'Crawl-delay: 0.005');
const unable = page(file, { status: 503 });

/** The record of a URL that is asked for under a robots.txt. */
function recordOf(url: string, answer: Page | Error, by: Interceptor = polite()): FetchResult {
  const answered = answer instanceof Error ? throwError(() => answer) : of(answer);
  const transport = (request: FetchRequest): Observable<Page> =>
    request.url === file ? answered : of(page(String(request.url)));
  const records: FetchResult[] = [];
  const scheduler = new VirtualTimeScheduler(); // it stands still
  fetchFrom([url], { transport, interceptors: [by], retry: false, scheduler }).subscribe((record) =>
    records.push(record),
  );
  return records[0]!;
}

/** What the error of a record says, and whether and when to come back. */
function refusal(record: FetchResult): unknown {
  if (record.ok) return undefined;
  const { kind, retryable, retryAfter, message } = record.error;
  return { kind, retryable, retryAfter, message };
}

describe('robots', () => {
  it(
    'reads robots.txt once, and asks for nothing that it forbids',
    marbles(({ transport, expectResults }) => {
      const net = transport(
        { [file]: '--(r|)', 'http://a/': '--(p|)', 'http://a/c': '-(p|)' },
        { r: says('User-agent: *', 'Disallow: /private') },
      );
      const urls = ['http://a/', 'http://a/private/x', 'http://a/c'];
      expectResults(fetchFrom(urls, { transport: net, interceptors: [polite()] })).toBe('--Bc(a|)', {
        B: { kind: 'blocked', attempts: 1 },
      });
    }),
  );

  it(
    'is in the duration of who reads robots.txt, and in no time of who waits for it',
    marbles(({ transport, expectResults }) => {
      const net = transport(
        { [file]: '---(r|)', 'http://a/': '-(p|)', 'http://a/c': '--(p|)' },
        { r: says('User-agent: *', 'Disallow: /private') },
      );
      const options = { transport: net, interceptors: [polite()] };
      expectResults(fetchFrom(['http://a/', 'http://a/c'], options)).toBe('----a(b|)', {
        a: { attempts: 1, waited: 0, duration: 4 },
        b: { attempts: 1, waited: 0, duration: 2 },
      });
    }),
  );

  it.each([
    ['/x', ['User-agent: *', 'Disallow: /'], false],
    ['/robots.txt', ['User-agent: *', 'Disallow: /'], true],
    ['/x', ['User-agent: *', 'Disallow: /', 'User-agent: examplebot', 'Disallow: /y'], true],
    ['/x', ['User-agent: OtherBot', 'Disallow: /'], true],
    ['/x', ['User-agent: OtherBot', 'User-agent: ExampleBot', 'Disallow: /'], false],
    ['/x', ['User-agent: ExampleBot', 'Disallow: /y', '', 'User-agent: ExampleBot', 'Disallow: /x'], false],
    ['/a/b.gif', ['User-agent: *', 'Disallow: /a', 'Allow: /a/*.gif$'], true],
    ['/x?y', ['User-agent: *', 'Disallow: /*?'], false],
    ['/%7Ex', ['User-agent: *', 'Disallow: /~x'], true],
    ['/x', ['\ufeffUser-agent: *', 'Disallow: /'], false],
    ['/x', ['<html>not found</html>'], true],
    ['/x', [''], true],
  ])('%s under %j: %s', (path, lines, isAllowed) => {
    expect(recordOf(`http://a${path}`, says(...lines)).ok).toBe(isAllowed);
  });

  it.each([
    [404, true],
    [401, true],
    [429, true],
    [302, true],
    [500, false],
    [503, false],
  ])('an answer with status %i lets everybody in: %s', (status, isAllowed) => {
    expect(recordOf('http://a/x', page(file, { status, body: 'User-agent: *\nDisallow: /' })).ok).toBe(
      isAllowed,
    );
  });

  it.each([
    [5, false],
    [6, true],
  ])('follows robots.txt over %i redirects, and more are as good as none', (hops, isAllowed) => {
    const redirects = Array.from({ length: hops }, (_, n) => `http://a/${n}`);
    const answer = page('http://b/robots.txt', { body: 'User-agent: *\nDisallow: /', redirects });
    expect(recordOf('http://a/x', answer).ok).toBe(isAllowed);
  });

  it.each([
    [500 * 1024 - 'Disallow: /x\n'.length, false],
    [500 * 1024 - 'Disallow: /x'.length, true], // cut at the end of a line
    [500 * 1024 - 'Disallow: /'.length, true], // else it would forbid everything
  ])('reads 500 KiB and no more: a rule at byte %i', (start, isAllowed) => {
    const head = 'User-agent: *\n';
    const body = `${head}${'#'.repeat(start - head.length - 1)}\nDisallow: /x\nDisallow: /y`;
    expect(recordOf('http://a/x', page(file, { body })).ok).toBe(isAllowed);
    expect(recordOf('http://a/y', page(file, { body })).ok).toBe(true);
  });

  it('is not held up by a group that names its agents again and again', () => {
    const agents = Array.from({ length: 18_000 }, (_, n) => `User-agent: a${n % 2}\n#:`);
    const rules = Array.from({ length: 10_000 }, () => 'Disallow: /b');
    const answer = says(...agents, 'User-agent: examplebot', ...rules);
    expect(refusal(recordOf('http://a/b', answer))).toMatchObject({
      message: expect.stringContaining('line 36002 of http://a/robots.txt (Disallow: /b)'),
    });
    expect(recordOf('http://a/c', answer).ok).toBe(true);
  });

  it('is not held up by rules that are made to be slow', () => {
    const slow = Array.from({ length: 250 }, () => `Disallow: /*${'a'.repeat(1_900)}`);
    const long = `http://a/${'a'.repeat(8_000)}b`;
    const answer = says('User-agent: *', ...slow);
    const startedAt = performance.now();
    expect(refusal(recordOf(long, answer))).toMatchObject({
      kind: 'blocked',
      message: expect.stringContaining('characters of rules with wildcards, too many to judge a URL of 8010'),
    });
    expect(performance.now() - startedAt).toBeLessThan(1_000); // judged, it takes more than 20 s
    expect(recordOf('http://a/b', answer).ok).toBe(true);
  });

  it(
    'lets nobody in where robots.txt cannot be had, asks for it again after a second, then after four',
    marbles(({ transport, expectResults }) => {
      const net = transport(
        { [file]: ['-(u|)', '-#', '-(n|)'], 'http://a/x': '-(p|)' },
        {
          u: unable,
          n: page(file, { status: 404 }),
        },
      );
      const options = { transport: net, interceptors: [polite()], retry: { backoff: () => 0 } };
      expectResults(fetchFrom(['http://a/x'], options)).toBe('- 1s - 4s --(a|)', { a: { attempts: 3 } });
    }),
  );

  it('says who keeps whom out', () => {
    const answer = says('User-agent: *', '', 'Disallow:   /private # not yet');
    expect(refusal(recordOf('http://a/private/x?y', answer))).toEqual({
      kind: 'blocked',
      retryable: false,
      retryAfter: undefined,
      message:
        'GET http://a/private/x?y: line 3 of http://a/robots.txt (Disallow:   /private # not yet) keeps ExampleBot out',
    });
  });

  it.each([
    ['the server answered with status 503', true, unable],
    ['the connection broke', true, new FetchError('network', 'the connection broke', { retryable: true })],
    ['no such host', false, new FetchError('dns', 'no such host')],
  ])('says why robots.txt could not be had: %s, which may pass: %s', (why, retryable, answer) => {
    expect(refusal(recordOf('http://a/x', answer))).toEqual({
      kind: 'blocked',
      retryable,
      retryAfter: 1_000,
      message: `GET http://a/x: http://a/robots.txt could not be had, so nothing may be: ${why}`,
    });
  });

  it(
    'lets nobody in while it holds that robots.txt could not be had',
    marbles(({ transport, expectResults }) => {
      const net = transport({ [file]: ['-(u|)'] }, { u: unable });
      const options = { transport: net, interceptors: [polite()], retry: false } as const;
      expectResults(fetchFrom(['http://a/x', 'http://a/y'], options)).toBe('-(AB|)', {
        A: { kind: 'blocked' },
        B: { kind: 'blocked', attempts: 1 },
      });
    }),
  );

  it(
    'takes redirects that lead nowhere for no robots.txt',
    marbles(({ transport, expectResults }) => {
      const net = transport({ [file]: '-#', 'http://a/x': '-(p|)' }, {}, failure('redirect').error);
      expectResults(fetchFrom(['http://a/x'], { transport: net, interceptors: [polite()] })).toBe('--(a|)');
    }),
  );

  it(
    'holds no slot for who waits for a robots.txt',
    marbles(({ transport, expectResults }) => {
      const net = transport({
        [file]: '----(4|)',
        'http://b/robots.txt': '-(4|)',
        'http://a/1': '-(p|)',
        'http://a/2': '-(p|)',
        'http://b/': '-(p|)',
      });
      const urls = ['http://a/1', 'http://a/2', 'http://b/'];
      const options = { transport: net, interceptors: [polite()], concurrency: 2 };
      expectResults(fetchFrom(urls, options)).toBe('--c--(ab|)', {
        b: { index: 1, attempts: 1 },
      });
    }),
  );

  it(
    'lets the next one read it when who reads it runs out of time',
    marbles(({ transport, expectResults, expectSubscriptions }) => {
      const net = transport({ [file]: '----(4|)', 'http://a/1': '-(p|)', 'http://a/2': '-(p|)' });
      const urls = [{ url: 'http://a/1', timeout: 2 }, 'http://a/2'];
      const options = { transport: net, interceptors: [polite()], retry: false } as const;
      expectResults(fetchFrom(urls, options)).toBe('--A----(b|)', {
        A: { kind: 'timeout' },
        b: { attempts: 1 },
      });
      expectSubscriptions(net.attempt(file).subscriptions).toBe(['^-!', '--^---!']);
    }),
  );

  it(
    'reads it again when its time is over',
    marbles(({ transport, expectResults, expectSubscriptions }) => {
      const net = transport({ [file]: '-(4|)', 'http://a/1': '-(p|)' });
      const options = { transport: net, interceptors: [polite({ ttl: 5 })] };
      expectResults(fetchFrom(['http://a/1'], options)).toBe('--(a|)');
      expectResults(fetchFrom(['http://a/1'], options), '-----^').toBe('------(a|)');
      expectResults(fetchFrom(['http://a/1'], options), '------^').toBe('--------(a|)');
      expectSubscriptions(net.attempt(file).subscriptions).toBe(['^!', '------^!']);
    }),
  );

  it(
    'does not read it again for a retry',
    marbles(({ transport, expectResults, expectSubscriptions }) => {
      const net = transport({ [file]: '-(4|)', 'http://a/1': ['-#', '-(p|)'] });
      const options = { transport: net, interceptors: [polite()], retry: { backoff: () => 2 } };
      expectResults(fetchFrom(['http://a/1'], options)).toBe('-----(a|)', { a: { attempts: 2 } });
      expectSubscriptions(net.attempt(file).subscriptions).toBe('^!');
    }),
  );

  it.each<[string, string, (by: Interceptor) => Interceptor[]]>([
    ['inside of it', '----(ba|)', (by) => [by, hedge({ after: 2 }), coalesce()]],
    ['around it', '---(ba|)', (by) => [hedge({ after: 2 }), coalesce(), by]],
  ])('goes together with hedge and coalesce %s', (_, expected, interceptors) => {
    marbles(({ transport, expectResults, expectSubscriptions }) => {
      const net = transport({ [file]: '-(4|)', 'http://a/1': ['-----(p|)', '-(p|)'] });
      const options = { transport: net, interceptors: interceptors(polite()) };
      expectResults(fetchFrom(['http://a/1', 'http://a/1'], options)).toBe(expected, {
        a: { attempts: 1 },
        b: { attempts: 1, url: 'http://a/1' },
      });
      expectSubscriptions(net.attempt(file).subscriptions).toBe('^!');
    })();
  });

  it.each<[string, Partial<RobotsOptions>]>([
    ['`userAgent`', { userAgent: '' }],
    ['`userAgent`', { userAgent: '(a bot)' }],
    ['`ttl`', { ttl: 0 }],
    ['`maxCrawlDelay`', { maxCrawlDelay: -1 }],
  ])('throws for a wrong %s: %j', (name, options) => {
    expect(() => polite(options)).toThrow(name);
  });
});

describe('Crawl-delay', () => {
  const site = { [file]: '(s|)', 'http://a/1': '-(p|)', 'http://a/2': '-(p|)', 'http://a/3': '-(p|)' };
  const urls = ['http://a/1', 'http://a/2', 'http://a/3'];

  it(
    'pauses the host at the gate, without a slot, and lets others through',
    marbles(({ transport, expectResults }) => {
      const net = transport({ ...site, 'http://b/robots.txt': '(4|)', 'http://b/': '-(p|)' }, { s: slowly });
      const options = { transport: net, interceptors: [polite()], concurrency: 1 };
      expectResults(fetchFrom([...urls, 'http://b/'], options)).toBe('-ad---b----(c|)', {
        b: { attempts: 1, waited: 4, duration: 1 },
      });
    }),
  );

  it(
    'holds for those that were already under way, and for retries',
    marbles(({ transport, expectResults }) => {
      const net = transport({ ...site, 'http://a/1': ['-#', '-(p|)'] }, { s: slowly });
      const options = { transport: net, interceptors: [polite()], retry: { backoff: () => 0 } };
      expectResults(fetchFrom(urls, options)).toBe('------b----c----(a|)', { a: { attempts: 2 } });
    }),
  );

  it(
    'holds for all pipelines that an instance is given to',
    marbles(({ transport, expectResults }) => {
      const net = transport(site, { s: slowly });
      const options = { transport: net, interceptors: [polite()] };
      expectResults(fetchFrom(['http://a/1'], options)).toBe('-(a|)');
      expectResults(createFetcher(options).fetchFrom(['http://a/2', 'http://a/3'])).toBe('------a----(b|)');
    }),
  );

  it('of more than maxCrawlDelay blocks the host, and says so', () => {
    expect(recordOf('http://a/1', slowly, polite({ maxCrawlDelay: 5 })).ok).toBe(true);
    expect(refusal(recordOf('http://a/1', slowly, polite({ maxCrawlDelay: 4 })))).toEqual({
      kind: 'blocked',
      retryable: false,
      retryAfter: undefined,
      message:
        'GET http://a/1: http://a/robots.txt asks for a Crawl-delay of 5 ms, more than maxCrawlDelay (4)',
    });
  });

  it(
    'is waited for inside where there is no gate: an interceptor of your own may hide it',
    marbles(({ transport, expectResults }) => {
      const net = transport(site, { s: slowly });
      const by = polite();
      const hidden: Interceptor = (request, next) => by(request, next);
      expectResults(fetchFrom(urls, { transport: net, interceptors: [hidden] })).toBe('-a----b----(c|)');
    }),
  );

  it('says nothing where it is garbage', () => {
    for (const delay of ['soon', '-1', ''])
      expect(recordOf('http://a/x', says('User-agent: *', `Crawl-delay: ${delay}`)).ok).toBe(true);
  });
});
