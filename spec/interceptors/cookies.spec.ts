import { of, type Observable } from 'rxjs';
import { CookieJar, MemoryCookieStore } from 'tough-cookie';
import { describe, expect, it } from 'vitest';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import { coalesce } from '../../lib/interceptors/coalesce.js';
import { cookies } from '../../lib/interceptors/cookies/index.js';
import { hedge } from '../../lib/interceptors/hedge.js';
import type { Page } from '../../lib/model/page.js';
import type { FetchRequest } from '../../lib/model/request.js';
import { page } from '../../lib/testing/index.js';
import { marbles } from '../support/marbles.js';

/** The cookie header of each request in turn, while each URL sets what it is said to set. */
function sent(
  sets: Readonly<Record<string, string | string[]>>,
  inputs: readonly (string | FetchRequest)[],
  jar?: CookieJar,
): unknown[] {
  const headers: unknown[] = [];
  const transport = ({ url, headers: given = {} }: FetchRequest): Observable<Page> => {
    headers.push(given['cookie']);
    const set = sets[String(url)];
    return of(page(String(url), set === undefined ? {} : { headers: { 'set-cookie': set } }));
  };
  const interceptors = [cookies(jar ? { jar } : {})];
  fetchFrom(inputs, { transport, interceptors, concurrency: 1 }).subscribe();
  return headers;
}

describe('cookies', () => {
  it('sends what a host has set, and what it has set since', () => {
    const sets = { 'http://a.test/1': 'x=1', 'http://a.test/2': ['x=2', 'y=3; HttpOnly'] };
    expect(sent(sets, ['http://a.test/1', 'http://a.test/2', 'http://a.test/3'])).toEqual([
      undefined,
      'x=1',
      'x=2; y=3',
    ]);
  });

  it.each([
    ['another host', 'http://a.test/', 'x=1', 'http://b.test/', undefined],
    ['another port', 'http://a.test:81/', 'x=1', 'http://a.test:82/', 'x=1'], // RFC 6265 §8.5
    ['a host below', 'http://a.test/', 'x=1', 'http://www.a.test/', undefined],
    ['a host below its Domain', 'http://a.test/', 'x=1; Domain=a.test', 'http://www.a.test/', 'x=1'],
    ['a neighbour under its Domain', 'http://w.a.test/', 'x=1; Domain=a.test', 'http://v.a.test/', 'x=1'],
    ['the Domain of somebody else', 'http://a.test/', 'x=1; Domain=b.test', 'http://b.test/', undefined],
    ['a public suffix', 'http://a.co.uk/', 'x=1; Domain=co.uk', 'http://b.co.uk/', undefined],
    ['a public suffix, to itself', 'http://a.co.uk/', 'x=1; Domain=co.uk', 'http://a.co.uk/', undefined],
    ['another IP address', 'http://192.0.2.1/', 'x=1', 'http://192.0.2.11/', undefined],
    ['below its Path', 'http://a.test/d/e', 'x=1; Path=/d', 'http://a.test/d/f', 'x=1'],
    ['beside its Path', 'http://a.test/d/e', 'x=1; Path=/d', 'http://a.test/de', undefined],
    ['beside its default path', 'http://a.test/d/e', 'x=1', 'http://a.test/f', undefined],
    ['http after Secure', 'https://a.test/', 'x=1; Secure', 'http://a.test/', undefined],
    ['https after Secure', 'https://a.test/', 'x=1; Secure', 'https://a.test/', 'x=1'],
    ['__Host- without Secure', 'https://a.test/', '__Host-x=1; Path=/', 'https://a.test/', undefined],
    ['one that has expired', 'http://a.test/', 'x=1; Max-Age=0', 'http://a.test/', undefined],
    ['garbage', 'http://a.test/', ';;=;\x7f', 'http://a.test/', undefined],
  ])('to %s', (_, from, set, to, expected) => {
    expect(sent({ [from]: set }, [from, to])).toEqual([undefined, expected]);
  });

  it("keeps the caller's own, which wins over one of that name", () => {
    const own = { url: 'http://a.test/', headers: { Cookie: 'x=9; z=8' } };
    expect(sent({ 'http://a.test/': ['x=1', 'y=2'] }, ['http://a.test/', own])).toEqual([
      undefined,
      'x=9; z=8; y=2',
    ]);
    expect(sent({}, [{ url: 'http://a.test/', headers: { cookie: ['x=9', 'y=8'] } }])).toEqual([
      'x=9; y=8', // RFC 6265 §5.4: one header
    ]);
  });

  it("puts nothing of the caller's own into the jar, and shares a jar that it is given", () => {
    const jar = new CookieJar();
    jar.setCookieSync('x=1', 'http://a.test/');
    sent({}, [{ url: 'http://a.test/', headers: { cookie: 'z=8' } }], jar);
    expect(sent({}, ['http://a.test/'], jar)).toEqual(['x=1']);
    expect(sent({}, ['http://a.test/'])).toEqual([undefined]);
  });

  it('keeps the cookies of an answer that is not accepted, for the retry', () => {
    const headers: unknown[] = [];
    marbles(({ flush }) => {
      const transport = ({ url, headers: given = {} }: FetchRequest): Observable<Page> => {
        headers.push(given['cookie']);
        return of(page(String(url), { status: 503, headers: { 'set-cookie': 'x=1' } }));
      };
      fetchFrom(['http://a.test/'], { transport, interceptors: [cookies()], retry: 1 }).subscribe();
      flush();
    })();
    expect(headers).toEqual([undefined, 'x=1']);
  });

  it(
    'changes nothing of when things happen, with hedge and coalesce around it',
    marbles(({ transport, expectResults, expectSubscriptions }) => {
      const a = 'http://a.test/';
      const net = transport({ [a]: ['-----(p|)', '--(p|)'] });
      const interceptors = [hedge({ after: 2 }), coalesce(), cookies()];
      expectResults(fetchFrom([a, a], { transport: net, interceptors })).toBe('----(ba|)', {
        b: { url: a, attempts: 1 },
      });
      expectSubscriptions(net.attempt(a, 1).subscriptions).toBe('^---!');
      expectSubscriptions(net.attempt(a, 2).subscriptions).toBe('--^-!');
    }),
  );

  it.each([
    ['no jar at all', {}],
    ['a number', 1],
    ['null', null],
  ])('throws for %s', (_, jar) => {
    expect(() => cookies({ jar: jar as unknown as CookieJar })).toThrow(
      'cookies: expected `jar` to be a CookieJar',
    );
  });

  it('throws for a jar that does not answer at once', () => {
    class Later extends MemoryCookieStore {
      override synchronous = false as never;
    }
    expect(() => cookies({ jar: new CookieJar(new Later()) })).toThrow('one whose store is asynchronous');
  });
});
