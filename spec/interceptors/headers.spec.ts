import { EMPTY, of, throwError, timer, map, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import { coalesce } from '../../lib/interceptors/coalesce.js';
import { basicAuth, bearer, userAgent } from '../../lib/interceptors/headers/index.js';
import { hedge } from '../../lib/interceptors/hedge.js';
import type { Interceptor } from '../../lib/interceptors/interceptor.js';
import type { Page } from '../../lib/model/page.js';
import type { FetchRequest } from '../../lib/model/request.js';
import type { FetchResult } from '../../lib/model/result.js';
import { page } from '../../lib/testing/index.js';
import { marbles } from '../support/marbles.js';

const origin = 'https://api.test';

/** The headers of a request after an interceptor, and its record. */
async function through(by: Interceptor, input: string | FetchRequest) {
  let headers: FetchRequest['headers'];
  const transport = (request: FetchRequest): Observable<Page> => {
    headers = request.headers;
    return of(page(String(request.url)));
  };
  const record = await new Promise<FetchResult>((resolve) =>
    fetchFrom([input], { transport, interceptors: [by], retry: false }).subscribe(resolve),
  );
  return { headers, record };
}

describe('userAgent', () => {
  const bot = userAgent('ExampleBot/1.0');

  it('names who asks where the request does not', async () => {
    expect((await through(bot, 'http://a/')).headers).toEqual({ 'user-agent': 'ExampleBot/1.0' });
    const request = { url: 'http://a/', headers: { 'User-Agent': 'other', accept: 'x' } };
    expect((await through(bot, request)).headers).toEqual(request.headers);
  });

  it.each(['', 'two\r\nlines', 'snow \u2603', undefined])('throws for %j', (text) => {
    expect(() => userAgent(text as string)).toThrow('userAgent: expected text that a header can hold, got ');
  });
});

describe.each<[string, (origin: string | URL) => Interceptor, string]>([
  [
    'basicAuth',
    (to) => basicAuth('Aladdin', 'open sesame', { origin: to }),
    'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==',
  ],
  ['bearer of a text', (to) => bearer('123', { origin: to }), 'Bearer 123'],
  ['bearer of a function', (to) => bearer(() => '123', { origin: to }), 'Bearer 123'],
  ['bearer of a promise', (to) => bearer(async () => '123', { origin: to }), 'Bearer 123'],
  ['bearer of an Observable', (to) => bearer(() => of('123', '456'), { origin: to }), 'Bearer 123'],
])('%s', (_, make, value) => {
  it.each([
    ['https://api.test/', true],
    ['https://API.test:443/x', true],
    ['http://api.test/', false],
    ['https://api.test:444/', false],
    ['https://api.test.evil/', false],
    ['https://api.test@evil/', false],
    ['https://www.api.test/', false],
  ])('at %s: %s', async (url, isSent) => {
    const { headers, record } = await through(make(origin), url);
    expect(headers?.['authorization']).toBe(isSent ? value : undefined);
    expect(record.ok).toBe(true);
    expect(JSON.stringify(record.request)).toBe(JSON.stringify({ url })); // the secret is not in the record
  });

  it("keeps the caller's own", async () => {
    const headers = { Authorization: 'mine' };
    expect((await through(make(origin), { url: `${origin}/`, headers })).headers).toEqual(headers);
    expect((await through(make(origin), 'https://user:pass@api.test/')).headers).toBeUndefined();
  });

  it.each(['api.test', 'https://api.test/x', 'ftp://api.test', 'https://u:p@api.test', ''])(
    'throws for the origin %j',
    (wrong) => {
      expect(() => make(wrong)).toThrow('expected `origin` to be scheme, host and port');
    },
  );

  it('takes a URL for an origin', async () => {
    expect((await through(make(new URL(origin)), `${origin}/`)).headers).toEqual({ authorization: value });
  });
});

describe('basicAuth', () => {
  it('encodes as UTF-8', async () => {
    const { headers } = await through(basicAuth('test', '123\u00a3', { origin }), `${origin}/`);
    expect(headers).toEqual({ authorization: 'Basic dGVzdDoxMjPCow==' }); // RFC 7617 §2.1
  });

  it.each([
    ['a:b', 'c'],
    [1, 'c'],
    ['a', undefined],
  ])('throws for %j and %j, and does not show them', (user, password) => {
    expect(() => basicAuth(user as string, password as string, { origin })).toThrow(
      'basicAuth: expected a user without a colon, and a password, both strings',
    );
  });
});

describe('bearer', () => {
  it('asks for a token at each attempt', () => {
    const sent: unknown[] = [];
    marbles(({ flush }) => {
      let tokens = 0;
      const transport = ({ url, headers }: FetchRequest): Observable<Page> => {
        sent.push(headers?.['authorization']);
        return of(page(String(url), { status: 503 }));
      };
      const interceptors = [bearer(() => timer(5).pipe(map(() => `t${++tokens}`)), { origin })];
      fetchFrom([`${origin}/`], { transport, interceptors, retry: 1 }).subscribe();
      flush();
    })();
    expect(sent).toEqual(['Bearer t1', 'Bearer t2']);
  });

  it(
    'waits for it within the attempt, which can be hedged and shared',
    marbles(({ transport, expectResults }) => {
      const url = `${origin}/`;
      const net = transport({ [url]: ['------(p|)', '-(p|)'] });
      const secret = bearer(() => timer(1).pipe(map(() => '123')), { origin });
      const interceptors = [hedge({ after: 3 }), coalesce(), secret];
      expectResults(fetchFrom([url, url], { transport: net, interceptors })).toBe('-----(ba|)', {
        b: { url },
      });
    }),
  );

  it.each<[string, () => never]>([
    [
      'it is sealed',
      () => {
        throw new Error('it is sealed');
      },
    ],
    ['it is locked', () => throwError(() => new Error('it is locked')) as never],
    ['it ended without one', () => EMPTY as never],
    ['what it gave is not text that a header can hold', () => 'a\nb' as never],
    ['what it gave is not text that a header can hold', () => of(7) as never],
  ])('fails where there is no token: %s', async (why, token) => {
    const { headers, record } = await through(bearer(token, { origin }), `${origin}/`);
    expect(headers).toBeUndefined();
    expect(record).toMatchObject({
      ok: false,
      error: {
        kind: 'project',
        message: `GET ${origin}/: the function that bearer() asks for a token failed: ${why}`,
      },
    });
  });

  it.each(['', 'a\nb', 7])('throws for the token %j, and does not show it', (token) => {
    expect(() => bearer(token as string, { origin })).toThrow(
      'bearer: expected `token` to be text that a header can hold, or a function',
    );
  });
});
