// What becomes of a DeferredList that is cancelled, by the names of Twisted's tests (twisted/test/test_defer.py).
import { catchError, Observable, of, type OperatorFunction } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import type { FetchError } from '../../lib/model/fetch-error.js';
import { toBatch } from '../../lib/operators/to-batch.js';
import { toBatchOrThrow } from '../../lib/operators/to-batch-or-throw.js';
import { toFirstSuccess } from '../../lib/operators/to-first-success.js';
import { page } from '../../lib/testing/index.js';
import type { Transport } from '../../lib/transports/transport.js';
import { marbles } from '../support/marbles.js';
import { unhandledErrors } from '../support/unhandled.js';
import { a, b, broken, c, outcomes } from './outcomes.js';

/** Twisted's canceller that calls back: a transport that gives a page when it is told to stop. */
const answersWhenCancelled: Transport = ({ url }) =>
  new Observable((subscriber) => () => subscriber.next(page(String(url))));

/** The kind of the error with which a batch ends. */
const kindOfError = (): OperatorFunction<unknown, unknown> =>
  catchError((error: unknown) => of((error as FetchError).kind));

const unhandled = unhandledErrors();

const silent = { [a]: '---------', [b]: '---------' };
const subs = '         ^---!';

describe('a DeferredList that is cancelled', () => {
  it(
    'test_cancelDeferredList (kept): everything that is under way is aborted',
    marbles(({ abortSignal, expectResults, expectSubscriptions, transport }) => {
      const net = transport(silent);
      const signal = abortSignal('----!');
      expectResults(fetchFrom([a, b], { transport: net, signal })).toBe('----(AB|)', {
        A: { index: 0, kind: 'cancelled' },
        B: { index: 1, kind: 'cancelled' },
      });
      expectSubscriptions(net.attempt(a).subscriptions).toBe(subs);
      expectSubscriptions(net.attempt(b).subscriptions).toBe(subs);
    }),
  );

  it(
    // changed: whoever cancels must know what was cut off, so a page that comes too late is not taken
    'test_cancelDeferredListCallback (changed): the batch comes, and what answers when cancelled is cancelled',
    marbles(({ abortSignal, expectObservable }) => {
      const signal = abortSignal('----!');
      const batch$ = fetchFrom([a, b], { transport: answersWhenCancelled, signal }).pipe(
        toBatch(),
        outcomes(),
      );
      expectObservable(batch$).toBe('----(x|)', { x: ['cancelled', 'cancelled'] });
    }),
  );

  it(
    // changed: inputs are pulled, not copied, so one that is added while there is time is fetched; one that was
    // not pulled when the signal came has no record, as nothing was begun for it
    'test_cancelDeferredListWithOriginalDeferreds (changed): what was pulled is cancelled, not what was listed',
    marbles(({ abortSignal, expectResults, flush, scheduler, transport }) => {
      const net = transport({ [a]: '--(p|)', [b]: '-', [c]: '-' });
      const list = [a];
      scheduler.schedule(() => list.push(b, c), 1);
      const signal = abortSignal('----!');
      expectResults(fetchFrom(list, { transport: net, concurrency: 1, signal })).toBe('--a-(B|)', {
        a: { ok: true },
        B: { index: 1, url: b, kind: 'cancelled' },
      });
      flush();
      expect(net.log.map(({ url }) => url)).toEqual([a, b]);
    }),
  );

  it(
    'test_cancelDeferredListWithException (kept): a canceller that throws spares nobody',
    marbles(({ abortSignal, expectResults, expectSubscriptions, flush, transport }) => {
      const net = transport(silent);
      const throwing: Transport = (request) =>
        new Observable((subscriber) => {
          const inner = net(request).subscribe(subscriber);
          return () => {
            inner.unsubscribe();
            throw new Error(`no way to stop ${String(request.url)}`);
          };
        });
      const signal = abortSignal('----!');
      expectResults(fetchFrom([a, b], { transport: throwing, signal })).toBe('----(AB|)', {
        A: { index: 0, kind: 'cancelled' },
        B: { index: 1, kind: 'cancelled' },
      });
      expectSubscriptions(net.attempt(a).subscriptions).toBe(subs);
      expectSubscriptions(net.attempt(b).subscriptions).toBe(subs);
      flush();
      expect(unhandled).toHaveLength(2);
    }),
  );
});

describe('a DeferredList with fireOnOneCallback that is cancelled', () => {
  it(
    'test_cancelDeferredListWithFireOnOneCallback (kept): everything is aborted, and all have failed',
    marbles(({ abortSignal, expectObservable, expectSubscriptions, transport }) => {
      const net = transport(silent);
      const signal = abortSignal('----!');
      const first$ = fetchFrom([a, b], { transport: net, signal }).pipe(toFirstSuccess(), outcomes());
      expectObservable(first$).toBe('----(x|)', { x: ['cancelled', 'cancelled'] });
      expectSubscriptions(net.attempt(a).subscriptions).toBe(subs);
      expectSubscriptions(net.attempt(b).subscriptions).toBe(subs);
    }),
  );

  it(
    // changed: as without fireOnOneCallback, a page that comes too late is not taken
    'test_cancelDeferredListWithFireOnOneCallbackAndDeferredCallback (changed): no success comes of cancelling',
    marbles(({ abortSignal, expectObservable }) => {
      const signal = abortSignal('----!');
      const options = { transport: answersWhenCancelled, signal };
      const first$ = fetchFrom([a, b], options).pipe(toFirstSuccess(), outcomes());
      expectObservable(first$).toBe('----(x|)', { x: ['cancelled', 'cancelled'] });
    }),
  );

  it(
    // changed: the rest was aborted when the first success came, as nobody can want it any more
    'test_cancelFiredOnOneCallbackDeferredList (changed): cancelling does nothing more, as nothing is left',
    marbles(({ abortSignal, expectObservable, expectSubscriptions, transport }) => {
      const net = transport({ [a]: '--(p|)', [b]: '---------(p|)' });
      const signal = abortSignal('----!');
      const fetchB = '  ^-!';
      const expected = '--(x|)';

      const first$ = fetchFrom([a, b], { transport: net, signal }).pipe(toFirstSuccess(), outcomes());
      expectObservable(first$).toBe(expected, { x: [a] });
      expectSubscriptions(net.attempt(b).subscriptions).toBe(fetchB);
    }),
  );
});

const everythingIsAborted = marbles(({ abortSignal, expectObservable, expectSubscriptions, transport }) => {
  const net = transport(silent);
  const signal = abortSignal('----!');
  const all$ = fetchFrom([a, b], { transport: net, signal }).pipe(toBatchOrThrow(), kindOfError());
  expectObservable(all$).toBe('----(x|)', { x: 'cancelled' });
  expectSubscriptions(net.attempt(a).subscriptions).toBe(subs);
  expectSubscriptions(net.attempt(b).subscriptions).toBe(subs);
});

const noValuesCome = marbles(({ abortSignal, expectObservable }) => {
  const options = { transport: answersWhenCancelled, signal: abortSignal('----!') };
  const all$ = fetchFrom([a, b], options).pipe(toBatchOrThrow(), kindOfError());
  expectObservable(all$).toBe('----(x|)', { x: 'cancelled' });
});

// Twisted's gatherResults is its DeferredList with fireOnOneErrback, and toBatchOrThrow is both
describe('a DeferredList with fireOnOneErrback that is cancelled', () => {
  it(
    'test_cancelDeferredListWithFireOnOneErrback (kept): everything is aborted, and the first is the error',
    everythingIsAborted,
  );
  it(
    // changed: a page that comes too late is not taken
    'test_cancelDeferredListWithFireOnOneErrbackAllDeferredsCallback (changed): no values come of cancelling',
    noValuesCome,
  );
  it(
    'test_cancelGatherResults (kept): everything is aborted, and the first is the error',
    everythingIsAborted,
  );
  it(
    // changed: a page that comes too late is not taken
    'test_cancelGatherResultsWithAllDeferredsCallback (changed): no values come of cancelling',
    noValuesCome,
  );

  it(
    // changed: the rest was aborted when the first failure came
    'test_cancelFiredOnOneErrbackDeferredList (changed): cancelling does nothing more, as nothing is left',
    marbles(({ abortSignal, expectObservable, expectSubscriptions, transport }) => {
      const net = transport({ [a]: '--#', [b]: '---------(p|)' }, {}, broken(a));
      const signal = abortSignal('----!');
      const fetchB = '  ^-!';
      const expected = '--#';

      const all$ = fetchFrom([a, b], { transport: net, signal, retry: false }).pipe(toBatchOrThrow());
      expectObservable(all$).toBe(expected, undefined, broken(a));
      expectSubscriptions(net.attempt(b).subscriptions).toBe(fetchB);
    }),
  );
});
