import { of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fetchPage } from '../../lib/creators/fetch-page.js';
import { FetchError } from '../../lib/model/fetch-error.js';
import type { Page } from '../../lib/model/page.js';
import { page } from '../../lib/testing/index.js';
import { marbles } from '../support/marbles.js';

const a = 'http://a/';
const found = page(a, { body: 'found' });

/** What a subscription was told, in order. */
function outcome(page$: ReturnType<typeof fetchPage<unknown>>): unknown[] {
  const log: unknown[] = [];
  page$.subscribe({
    next: (value) => log.push(value),
    error: (error) => log.push(error),
    complete: () => log.push('completed'),
  });
  return log;
}

describe('fetchPage', () => {
  it(
    'emits the page and completes',
    marbles(({ transport, expectObservable, expectSubscriptions }) => {
      const net = transport({ [a]: '--(f|)' }, { f: found });
      const subs = '    ^-!';
      const expected = '--(f|)';

      expectObservable(fetchPage(a, { transport: net })).toBe(expected, { f: found });
      expectSubscriptions(net.attempt(a).subscriptions).toBe(subs);
    }),
  );

  it(
    'emits what `project` makes of the page',
    marbles(({ cold, transport, expectObservable }) => {
      const net = transport({ [a]: '--(f|)' }, { f: found });
      const later = cold('        ---(x|)', { x: 5 });

      expectObservable(fetchPage(a, { transport: net, project: (p) => p.text() })).toBe('--(t|)', {
        t: 'found',
      });
      expectObservable(fetchPage(a, { transport: net, project: () => later })).toBe('-----(x|)', { x: 5 });
    }),
  );

  it(
    'tries again as a pipeline does, and errors with the FetchError of the last attempt',
    marbles(({ transport, expectObservable, expectSubscriptions }) => {
      const error = new FetchError('network', 'drawn to break', { retryable: true });
      const net = transport({ [a]: ['-#', '--#'] }, {}, error);
      const retry = { limit: 1, backoff: () => 3 };
      const first = '   ^!';
      const second = '  ----^-!';
      const expected = '------#';

      expectObservable(fetchPage(a, { transport: net, retry })).toBe(expected, undefined, error);
      expectSubscriptions(net.attempt(a, 1).subscriptions).toBe(first);
      expectSubscriptions(net.attempt(a, 2).subscriptions).toBe(second);
    }),
  );

  it('errors for a status that is not accepted, with the page at hand', () => {
    const gone = page(a, { status: 410, body: 'moved out' });
    const [error] = outcome(fetchPage(a, { transport: () => of(gone) }));
    expect(error).toBeInstanceOf(FetchError);
    expect(error).toMatchObject({ kind: 'http', status: 410, page: gone });
  });

  it('errors for a URL that is none', () => {
    const [error] = outcome(fetchPage('nowhere'));
    expect(error).toMatchObject({ kind: 'invalid' });
  });

  it(
    'aborts the fetch when it is unsubscribed',
    marbles(({ transport, expectObservable, expectSubscriptions }) => {
      const net = transport({ [a]: '-----(p|)' });
      const unsub = '   ---!';
      const subs = '    ^--!';

      expectObservable(fetchPage(a, { transport: net }), unsub).toBe('----');
      expectSubscriptions(net.attempt(a).subscriptions).toBe(subs);
    }),
  );

  it(
    'errors with kind `cancelled` when its signal aborts it',
    marbles(({ scheduler, transport, expectObservable, expectSubscriptions }) => {
      const net = transport({ [a]: '-----(p|)' });
      const controller = new AbortController();
      scheduler.schedule(() => {
        controller.abort();
      }, 3);
      const subs = '    ^--!';
      const expected = '---#';

      expectObservable(fetchPage(a, { transport: net, signal: controller.signal })).toBe(
        expected,
        undefined,
        new FetchError('cancelled', 'GET http://a/: cancelled by the signal while under way'),
      );
      expectSubscriptions(net.attempt(a).subscriptions).toBe(subs);
    }),
  );

  it('errors with kind `cancelled` when it was aborted before it began, and fetches nothing', () => {
    for (const stopped of [{ signal: AbortSignal.abort() }, { drain: AbortSignal.abort() }]) {
      const transport = (): never => expect.unreachable('nothing is to be fetched');
      const [error] = outcome(fetchPage(a, { transport, ...stopped }));
      expect(error).toBeInstanceOf(FetchError);
      expect(error).toMatchObject({ kind: 'cancelled', retryable: false });
    }
  });

  it('is cold: each subscription fetches', () => {
    let fetches = 0;
    const page$ = fetchPage(a, {
      transport: () => {
        fetches++;
        return of(found);
      },
    });
    expect(fetches).toBe(0);
    expect(outcome(page$)).toEqual([found, 'completed']);
    expect(outcome(page$)).toEqual([found, 'completed']);
    expect(fetches).toBe(2);
  });

  it('takes a request and gives its context to `project`', () => {
    const request = { url: new URL(a), context: { row: 7 } };
    const project = (_: Page, { context }: { readonly context?: { row: number } }): number =>
      context?.row ?? 0;
    expect(outcome(fetchPage(request, { transport: () => of(found), project }))).toEqual([7, 'completed']);
  });

  it('checks its options when it is called', () => {
    expect(() => fetchPage(a, { timeOut: 3 } as never)).toThrow(
      'fetchPage: there is no option `timeOut`; did you mean `timeout`?',
    );
  });
});
