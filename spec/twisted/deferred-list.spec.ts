// The laws of DeferredList and gatherResults, by the names of Twisted's tests (twisted/test/test_defer.py).
import { describe, expect, it } from 'vitest';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import type { FetchResult } from '../../lib/model/result.js';
import { tapResult } from '../../lib/operators/tap-result.js';
import { toBatch } from '../../lib/operators/to-batch.js';
import { toBatchOrThrow } from '../../lib/operators/to-batch-or-throw.js';
import { toFirstSuccess } from '../../lib/operators/to-first-success.js';
import { marbles } from '../support/marbles.js';
import { unhandledErrors } from '../support/unhandled.js';
import { a, b, broken, c, outcomes, urls } from './outcomes.js';

const unhandled = unhandledErrors();
const retry = false;

describe('DeferredList', () => {
  it(
    'testDeferredList (kept): one record for each, in the order of the list, however they came',
    marbles(({ transport, expectObservable }) => {
      const net = transport({ [a]: '------(p|)', [b]: '--#', [c]: '----(p|)' });
      const batch$ = fetchFrom([a, b, c], { transport: net, retry }).pipe(toBatch(), outcomes());
      expectObservable(batch$).toBe('------(x|)', { x: [a, 'network', c] });
    }),
  );

  it(
    'testEmptyDeferredList (changed): [] at once, also for the first success, which would never have fired',
    marbles(({ expectObservable }) => {
      expectObservable(fetchFrom([]).pipe(toBatch())).toBe('(x|)', { x: [] });
      expectObservable(fetchFrom([]).pipe(toFirstSuccess())).toBe('(x|)', { x: [] });
    }),
  );

  it(
    'testDeferredListWithAlreadyFiredDeferreds (kept): what settles in the very call is in the batch',
    marbles(({ transport, expectObservable }) => {
      const net = transport({ [a]: '#', [b]: '(p|)' });
      const batch$ = fetchFrom([a, b], { transport: net, retry }).pipe(toBatch(), outcomes());
      expectObservable(batch$).toBe('(x|)', { x: ['network', b] });
    }),
  );
});

describe('DeferredList with fireOnOneErrback', () => {
  it(
    // changed: no FirstError goes around it, as its message names the URL; and who only wants all or nothing
    // has no use for the rest, which Twisted left running
    'testDeferredListFireOnOneError (changed): errors with the first failure itself, and aborts the rest',
    marbles(({ transport, expectObservable, expectSubscriptions }) => {
      const net = transport({ [a]: '--(p|)', [b]: '----#', [c]: '---------(p|)' }, {}, broken(b));
      const fetchC = '  ^---!';
      const expected = '----#';

      const all$ = fetchFrom([a, b, c], { transport: net, retry }).pipe(toBatchOrThrow());
      expectObservable(all$).toBe(expected, undefined, broken(b));
      expectSubscriptions(net.attempt(c).subscriptions).toBe(fetchC);
    }),
  );

  it(
    'testDeferredListFireOnOneErrorWithAlreadyFiredDeferreds (kept): errors in the very call',
    marbles(({ transport, expectObservable }) => {
      const net = transport({ [a]: '#', [b]: '-' }, {}, broken(a));
      const all$ = fetchFrom([a, b], { transport: net, retry }).pipe(toBatchOrThrow());
      expectObservable(all$).toBe('#', undefined, broken(a));
    }),
  );
});

describe('consumeErrors', () => {
  it(
    // changed: an error is not handed from one callback to the next, so nobody can leave one unconsumed
    'testDeferredListDontConsumeErrors (changed): whoever looks sees the failure, and nobody has to',
    marbles(({ flush, transport, expectObservable }) => {
      const net = transport({ [a]: '--#' });
      const seen: FetchResult[] = [];
      const failing$ = fetchFrom([a], { transport: net, retry });
      const batch$ = failing$.pipe(
        tapResult((result) => seen.push(result)),
        toBatch(),
      );
      const batches: FetchResult[][] = [];
      batch$.subscribe((batch) => batches.push(batch));
      expectObservable(failing$.pipe(toBatch(), outcomes())).toBe('--(x|)', { x: ['network'] });
      flush();
      expect(seen).toMatchObject([{ ok: false, error: { kind: 'network' } }]);
      expect(batches).toEqual([seen]);
      expect(unhandled).toEqual([]);
    }),
  );

  it(
    'testDeferredListConsumeErrors (kept): always; a failure that nobody looks at is no unhandled error',
    marbles(({ flush, transport }) => {
      const net = transport({ [a]: '--#' });
      let completed = false;
      fetchFrom([a], { transport: net, retry }).subscribe({ complete: () => (completed = true) });
      flush();
      expect(completed).toBe(true);
      expect(unhandled).toEqual([]);
    }),
  );
});

describe('gatherResults', () => {
  it(
    'test_gatherResults (kept): the values in their order, or one error',
    marbles(({ transport, expectObservable }) => {
      const good = transport({ [a]: '----(p|)', [b]: '--(p|)' });
      const values$ = fetchFrom([a, b], { transport: good }).pipe(toBatchOrThrow(), urls());
      expectObservable(values$).toBe('----(x|)', { x: [a, b] });

      const bad = transport({ [a]: '(p|)', [b]: '#' }, {}, broken(b));
      const error$ = fetchFrom([a, b], { transport: bad, retry }).pipe(toBatchOrThrow());
      expectObservable(error$).toBe('#', undefined, broken(b));
    }),
  );

  it(
    'test_gatherResultsWithConsumeErrors (kept): always; of two failures the second is no unhandled error',
    marbles(({ flush, transport }) => {
      const net = transport({ [a]: '--#', [b]: '--#' });
      const errors: unknown[] = [];
      fetchFrom([a, b], { transport: net, retry })
        .pipe(toBatchOrThrow())
        .subscribe({ error: (error: unknown) => errors.push(error) });
      flush();
      expect(errors).toMatchObject([{ kind: 'network' }]);
      expect(unhandled).toEqual([]);
    }),
  );
});
