import { EMPTY, lastValueFrom, NEVER, Observable, of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import { FetchError } from '../../lib/model/fetch-error.js';
import type { Page } from '../../lib/model/page.js';
import type { FetchRequest } from '../../lib/model/request.js';
import { toBatch } from '../../lib/operators/to-batch.js';
import { page } from '../../lib/testing/index.js';
import type { AttemptContext, Transport } from '../../lib/transports/transport.js';
import { marbles } from '../support/marbles.js';

const a = 'http://a/';
const b = 'http://b/';

/** As somebody writes it who has no types to help. */
const untyped = (transport: (request: FetchRequest) => unknown): Transport => transport as Transport;

const batchOf = (transport: Transport): Promise<unknown[]> =>
  lastValueFrom(fetchFrom([a, b], { transport, concurrency: 1, retry: false }).pipe(toBatch()));

describe('a transport of one’s own', () => {
  it(
    'is asked once for an attempt, and left when it is not wanted any more',
    marbles(({ transport, expectResults, expectSubscriptions }) => {
      const net = transport({ [a]: ['-#', '-----(p|)'], [b]: '---------(p|)' });
      const first = '   ^!';
      const second = '  -^----!';
      const fetchB = '  ^-------!';
      const unsub = '   --------!';
      const expected = '------a--';

      expectResults(fetchFrom([a, b], { transport: net, random: () => 0 }), unsub).toBe(expected);
      expectSubscriptions(net.attempt(a, 1).subscriptions).toBe(first);
      expectSubscriptions(net.attempt(a, 2).subscriptions).toBe(second);
      expectSubscriptions(net.attempt(b).subscriptions).toBe(fetchB);
    }),
  );

  it(
    'may emit more than one page: the first counts, and it is left',
    marbles(({ cold, expectResults, expectSubscriptions }) => {
      const pages = cold('-pp|', { p: page(a) });
      expectResults(fetchFrom([a], { transport: () => pages })).toBe('-(a|)');
      expectSubscriptions(pages.subscriptions).toBe('^!');
    }),
  );

  it(
    'may forget to complete',
    marbles(({ cold, expectResults, expectSubscriptions }) => {
      const pages = cold('-p----', { p: page(a) });
      expectResults(fetchFrom([a, b], { transport: () => pages, concurrency: 1 })).toBe('-a(b|)');
      expectSubscriptions(pages.subscriptions).toBe(['^!', '-^!']);
    }),
  );

  it('is given the request as the caller gave it', () => {
    const asked: FetchRequest[] = [];
    const request = { url: a, method: 'HEAD', headers: { 'x-test': '1' }, context: { row: 1 } };
    const transport = (given: FetchRequest): Observable<Page> => {
      asked.push(given);
      return of(page(a));
    };
    fetchFrom([request, b, new URL('http://c/x')], { transport }).subscribe();
    expect(asked).toEqual([request, { url: b }, { url: 'http://c/x' }]);
    expect(asked[0]).toBe(request);
  });

  it('is told of the attempt: its target, its limits, and where to say how far it is', () => {
    let heard: AttemptContext | undefined;
    const transport = (_: FetchRequest, attempt?: AttemptContext): Observable<Page> => {
      heard = attempt;
      return NEVER;
    };
    fetchFrom(['http://user:secret@a:81/path?q#f'], { transport, maxBodyBytes: 5, maxRedirects: 6 })
      .subscribe()
      .unsubscribe();
    expect(heard).toMatchObject({
      request: { url: 'http://user:secret@a:81/path?q#f' },
      target: { origin: 'http://a:81', path: '/path?q', credentials: 'user:secret' },
      limits: { maxBodyBytes: 5, maxRedirects: 6 },
    });
    expect(() => {
      heard?.enter('body'); // late, and nobody listens
      heard?.responded(200, 'http://a/');
    }).not.toThrow();
  });

  it('may complete without a page: that is a failure of kind `unknown`', async () => {
    expect(await batchOf(() => EMPTY)).toMatchObject([
      {
        ok: false,
        error: { kind: 'unknown', message: 'GET http://a/: the transport completed without a page' },
      },
      { ok: false, index: 1 },
    ]);
  });

  it('may throw: that is a failure with what was thrown as its cause', async () => {
    const thrown = new Error('not connected');
    const transport = (): never => {
      throw thrown;
    };
    expect(await batchOf(transport)).toMatchObject([
      { ok: false, error: { kind: 'unknown', message: 'GET http://a/: not connected', cause: thrown } },
      { ok: false, error: { kind: 'unknown', message: 'GET http://b/: not connected', cause: thrown } },
    ]);
  });

  it('may error with a FetchError, which the record keeps', async () => {
    const error = new FetchError('blocked', 'not today');
    const batch = await batchOf(() => new Observable((subscriber) => subscriber.error(error)));
    expect(batch).toMatchObject([{ error: { kind: 'blocked' } }, { error: { kind: 'blocked' } }]);
    expect(batch[0]).toHaveProperty('error', error);
  });

  it.each([
    ['ECONNRESET', 'network'],
    ['ENOTFOUND', 'dns'],
    ['CERT_HAS_EXPIRED', 'tls'],
  ])('may error with an error of Node’s: %s is of kind %s', async (code, kind) => {
    const error = Object.assign(new Error('failed'), { code });
    const batch = await batchOf(() => new Observable((subscriber) => subscriber.error(error)));
    expect(batch).toMatchObject([{ error: { kind, code, cause: error } }, { error: { kind } }]);
  });

  it('may return a promise, kept or broken', async () => {
    const kept = untyped(({ url }) => Promise.resolve(page(String(url))));
    expect(await batchOf(kept)).toMatchObject([
      { ok: true, value: { url: a } },
      { ok: true, value: { url: b } },
    ]);
    const broken = untyped(() => Promise.reject(new Error('no')));
    expect(await batchOf(broken)).toMatchObject([{ ok: false }, { ok: false, error: { kind: 'unknown' } }]);
  });

  it('may return an Observable of another library', async () => {
    const interop = untyped(({ url }) => ({ ['@@observable']: () => of(page(String(url))) }));
    expect(await batchOf(interop)).toMatchObject([{ ok: true }, { ok: true }]);
  });

  it.each<[what: string, returned: unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a number', 5],
    ['an object', {}],
    ['an Observable of nothing', of(undefined)],
    ['an Observable of no page', of({ status: 'ok' })],
    ['an Observable of half a page', of({ status: 200 })],
  ])('may return %s: that is a failure, never an error of the results', async (_, returned) => {
    expect(await batchOf(untyped(() => returned))).toMatchObject([
      { ok: false, error: { kind: 'unknown' } },
      { ok: false, error: { kind: 'unknown' } },
    ]);
  });
});

describe('interceptors', () => {
  it('are wrapped around each attempt, the first of them outermost', () => {
    const log: string[] = [];
    const logging =
      (name: string) =>
      (request: FetchRequest, next: Transport): Observable<Page> => {
        log.push(name);
        return next({ ...request, headers: { ...request.headers, [name]: 'seen' } });
      };
    const asked: FetchRequest[] = [];
    const transport = (request: FetchRequest): Observable<Page> => {
      asked.push(request);
      return of(page(a, { status: asked.length === 1 ? 503 : 200 }));
    };
    const retry = { limit: 1, backoff: () => 0 };
    const scheduler = { now: () => 0, schedule: () => expect.unreachable('no timer is needed') };
    fetchFrom([a], {
      interceptors: [logging('outer'), logging('inner')],
      transport,
      retry,
      scheduler,
      timeout: Infinity,
    }).subscribe();
    expect(log).toEqual(['outer', 'inner', 'outer', 'inner']);
    expect(asked[1]).toEqual({ url: a, headers: { outer: 'seen', inner: 'seen' } });
  });

  it('may answer without asking, and may throw: that is a failure', async () => {
    const cached = page(a, { body: 'cached' });
    const unasked = (): never => expect.unreachable('the cache has it');
    const run = (interceptor: () => Observable<Page>): Promise<unknown> =>
      lastValueFrom(fetchFrom([a], { transport: unasked, interceptors: [interceptor] }));
    expect(await run(() => of(cached))).toMatchObject({ ok: true, value: cached });
    expect(
      await run(() => {
        throw new Error('the cache is broken');
      }),
    ).toMatchObject({ ok: false, error: { kind: 'unknown', message: 'GET http://a/: the cache is broken' } });
  });
});
