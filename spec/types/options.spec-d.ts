// Options are checked when they are written. Checked by tsc; nothing here runs.
import { BehaviorSubject, NEVER, of, Subject } from 'rxjs';
import {
  createFetcher,
  fetchFrom,
  inOrder,
  type FetchError,
  type FetchEvent,
  type FetchOptions,
  type Interceptor,
  type Page,
  type Transport,
} from 'sluice';
import { expectTypeOf } from 'vitest';

const options = (_: FetchOptions): void => undefined;

options({ concurrency: 16 });
options({ concurrency: new BehaviorSubject(4) });
// @ts-expect-error a number, or an Observable of them
options({ concurrency: '16' });
// @ts-expect-error an Observable of numbers
options({ concurrency: of('16') });

options({ timeout: 5_000 });
options({ timeout: { connect: 1, headers: 2, body: 3, attempt: 4, total: 5 } });
// @ts-expect-error a number of ms
options({ timeout: '5s' });
// @ts-expect-error no part of it
options({ timeout: { idle: 5 } });

options({ retry: 3 });
options({ retry: false });
options({
  retry: {
    limit: 3,
    backoff: (retry, random, error) => retry * random() * (error.retryAfter ?? 1),
    maxRetryAfter: 1,
  },
});
// @ts-expect-error not true: how many?
options({ retry: true });
// @ts-expect-error a function of the retry that returns ms
options({ retry: { backoff: () => 'later' } });
options({
  retry: {
    backoff: (retry, random, error) => {
      expectTypeOf(retry).toBeNumber();
      expectTypeOf(random).toEqualTypeOf<() => number>();
      expectTypeOf(error).toEqualTypeOf<FetchError>();
      return 0;
    },
  },
});

options({ acceptStatus: (status) => status < 400 });
// @ts-expect-error a function
options({ acceptStatus: [200] });
options({ maxBodyBytes: 1, maxRedirects: 0, lookahead: 0 });

options({ signal: new AbortController().signal, drain: AbortSignal.abort() });
// @ts-expect-error its signal
options({ signal: new AbortController() });

options({ events: new Subject<FetchEvent>() });
options({
  events: {
    next: (event) => {
      expectTypeOf(event).toEqualTypeOf<FetchEvent>();
      if (event.type === 'wait') expectTypeOf(event.until).toBeNumber();
      if (event.type === 'settle') expectTypeOf(event.result.ok).toBeBoolean();
      // @ts-expect-error a pull has no attempt
      if (event.type === 'pull') expectTypeOf(event.attempt);
    },
  },
});

const transport: Transport = ({ url }) => {
  expectTypeOf(url).toEqualTypeOf<string | URL>();
  return NEVER;
};
const interceptor: Interceptor = (request, next) => next({ ...request, method: 'HEAD' });
options({ transport, interceptors: [interceptor] });
// @ts-expect-error an Observable of pages
options({ transport: () => of('page') });
// @ts-expect-error an Observable of pages
options({ interceptors: [() => 5] });
expectTypeOf<ReturnType<Transport>>().toEqualTypeOf<ReturnType<Interceptor>>();

options({ random: Math.random });
// @ts-expect-error a function
options({ random: 0.5 });
// @ts-expect-error no such option
options({ concurency: 2 });

// what pipelines share is said once
const fetcher = createFetcher({ concurrency: 2, transport });
void fetcher.fetchFrom(['http://a/'], { timeout: 5, retry: false });
// @ts-expect-error shared by all of its pipelines
void fetcher.fetchFrom(['http://a/'], { concurrency: 2 });
// @ts-expect-error shared by all of its pipelines
void fetcher.fetchPage('http://a/', { transport });
// @ts-expect-error each pipeline's own
createFetcher({ project: (page: Page) => page.status });

// inputs are URLs or requests
void fetchFrom(['http://a/', new URL('http://a/'), { url: 'http://a/', method: 'POST', body: 'text' }]);
// @ts-expect-error a list, not one
void fetchFrom(new URL('http://a/'));
// @ts-expect-error no Observable: that is for fetchEach
void fetchFrom(of('http://a/'));
// @ts-expect-error a request has a URL
void fetchFrom([{ method: 'GET' }]);

void inOrder({ window: 5 });
// @ts-expect-error a number of inputs
void inOrder({ window: '5' });
