import {
  concat,
  defer,
  EMPTY,
  map,
  NEVER,
  Observable,
  of,
  take,
  throwError,
  toArray,
  type Subscriber,
} from 'rxjs';
import { describe, expect, it } from 'vitest';
import { intercept, type Interceptor } from '../../lib/interceptors/interceptor.js';
import type { Page } from '../../lib/model/page.js';
import type { FetchRequest } from '../../lib/model/request.js';
import { FetchedPage, noRedirects } from '../../lib/transports/fetched-page.js';
import type { AttemptContext, ObservedTransport } from '../../lib/transports/transport.js';
import { LoggedAttempt } from '../support/wire.js';

const pageOf = (body: string): Page =>
  new FetchedPage('http://host/', noRedirects, 200, {}, Buffer.from(body), body.length);

/** A transport that answers with the URL it was asked for, and writes down what it was asked. */
function echo() {
  const asked: { readonly request: FetchRequest; readonly attempt: AttemptContext | undefined }[] = [];
  const transport: ObservedTransport = (request, attempt) =>
    defer(() => {
      asked.push({ request, attempt });
      return of(pageOf(String(request.url)));
    });
  return { transport, asked };
}

const request: FetchRequest = { url: 'http://host/' };

/** Everything an Observable that is synchronous gives. */
function all(pages: Observable<Page>): unknown[] {
  const heard: unknown[] = [];
  pages.subscribe({
    next: (page) => heard.push(page.text()),
    error: (error: unknown) => heard.push(error),
    complete: () => heard.push('complete'),
  });
  return heard;
}

/** Writes down when a request passes on its way out, and a page on its way back. */
const logging =
  (name: string, log: string[]): Interceptor =>
  (passing, next) => {
    log.push(`${name}: request`);
    return next(passing).pipe(
      map((page) => {
        log.push(`${name}: page`);
        return page;
      }),
    );
  };

describe('intercept', () => {
  it('without interceptors is the transport itself', () => {
    const { transport } = echo();
    expect(intercept(transport, [])).toBe(transport);
  });

  it('asks the first interceptor first, and gives it the page last', () => {
    const log: string[] = [];
    const { transport } = echo();
    const whole = intercept(transport, [logging('a', log), logging('b', log), logging('c', log)]);
    expect(all(whole(request))).toEqual(['http://host/', 'complete']);
    expect(log).toEqual(['a: request', 'b: request', 'c: request', 'c: page', 'b: page', 'a: page']);
  });

  it('gives the request and the attempt to the transport as they are', () => {
    const { transport, asked } = echo();
    const attempt = new LoggedAttempt(request);
    all(intercept(transport, [(passing, next) => next(passing)])(request, attempt));
    expect(asked).toEqual([{ request, attempt }]);
    expect(asked[0]!.request).toBe(request);
    expect(asked[0]!.attempt).toBe(attempt);
  });

  it('gives the attempt to the transport past interceptors that change the request', () => {
    const { transport, asked } = echo();
    const attempt = new LoggedAttempt(request);
    const signed: Interceptor = (passing, next) => next({ ...passing, headers: { 'x-signed': 'yes' } });
    const moved: Interceptor = (passing, next) => next({ ...passing, url: 'http://other/' });
    expect(all(intercept(transport, [signed, moved])(request, attempt))).toEqual([
      'http://other/',
      'complete',
    ]);
    expect(asked[0]!.request).toEqual({ url: 'http://other/', headers: { 'x-signed': 'yes' } });
    expect(asked[0]!.attempt).toBe(attempt);
  });

  it('shows each attempt to the transport, and not that of another', () => {
    const { transport, asked } = echo();
    const whole = intercept(transport, [(passing, next) => next(passing)]);
    const attempts = [new LoggedAttempt(request), new LoggedAttempt(request)];
    for (const attempt of attempts) all(whole(request, attempt));
    all(whole(request));
    expect(asked.map(({ attempt }) => attempt)).toEqual([...attempts, undefined]);
  });

  it('lets an interceptor answer without asking', () => {
    const { transport, asked } = echo();
    const log: string[] = [];
    const cached: Interceptor = () => of(pageOf('cached'));
    expect(all(intercept(transport, [cached, logging('inner', log)])(request))).toEqual([
      'cached',
      'complete',
    ]);
    expect([asked, log]).toEqual([[], []]);
  });

  it('lets an interceptor ask twice', () => {
    const { transport, asked } = echo();
    const twice: Interceptor = (passing, next) =>
      concat(next(passing), next({ url: 'http://again/' })).pipe(
        toArray(),
        map((pages) => pageOf(pages.map((page) => page.text()).join(' and '))),
      );
    expect(all(intercept(transport, [twice])(request))).toEqual([
      'http://host/ and http://again/',
      'complete',
    ]);
    expect(asked).toHaveLength(2);
  });

  it('lets an interceptor change the page', () => {
    const { transport } = echo();
    const shouted: Interceptor = (passing, next) =>
      next(passing).pipe(map((page) => pageOf(page.text().toUpperCase())));
    expect(all(intercept(transport, [shouted])(request))).toEqual(['HTTP://HOST/', 'complete']);
  });

  it('lets an interceptor refuse', () => {
    const { transport, asked } = echo();
    const refusal = new Error('not that one');
    expect(all(intercept(transport, [() => throwError(() => refusal)])(request))).toEqual([refusal]);
    expect(all(intercept(transport, [() => EMPTY])(request))).toEqual(['complete']);
    expect(asked).toEqual([]);
  });

  it('asks for each subscription anew, and for none before', () => {
    const { transport, asked } = echo();
    const pages = intercept(transport, [(passing, next) => next(passing)])(request);
    expect(asked).toHaveLength(0);
    all(pages);
    all(pages);
    expect(asked).toHaveLength(2);
  });

  it('reaches the transport with an unsubscription', () => {
    let stopped = 0;
    const hanging: ObservedTransport = () =>
      new Observable((_subscriber: Subscriber<Page>) => () => {
        stopped++;
      });
    const raced: Interceptor = (passing, next) => concat(next(passing), NEVER).pipe(take(1));
    const subscription = intercept(hanging, [raced, (passing, next) => next(passing)])(request).subscribe();
    expect(stopped).toBe(0);
    subscription.unsubscribe();
    expect(stopped).toBe(1);
  });
});
