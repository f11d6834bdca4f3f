import { concat, map, NEVER, of, throwError, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import { FetchError } from '../../lib/model/fetch-error.js';
import type { Page } from '../../lib/model/page.js';
import type { FetchRequest } from '../../lib/model/request.js';
import { fetchEach } from '../../lib/operators/fetch-each.js';
import { asked, watched } from '../support/inputs.js';
import { marbles } from '../support/marbles.js';
import { messageOf } from '../support/records.js';
import { settled } from '../support/switchboard.js';

const a = 'http://a/';
const b = 'http://b/';
const c = 'http://c/';
const cancelled = { kind: 'cancelled' } as const;

describe('signal', () => {
  it(
    'makes a `cancelled` record of every input that was pulled, pulls no more, and completes',
    marbles(({ abortSignal, transport, expectObservable, expectResults, expectSubscriptions }) => {
      const inputs = watched('abcde');
      const net = transport({ [a]: '----(p|)', [b]: '---------(p|)', [c]: '---------(p|)' });
      const signal = abortSignal('------!');
      const pulls = '   (ab)c-R';
      const fetchA = '  ^---!';
      const fetchB = '  ^-----!';
      const fetchC = '  ----^-!';
      const expected = '----a-(BC|)';

      expectObservable(inputs.pulls$).toBe(pulls);
      expectResults(fetchFrom(inputs, { transport: net, concurrency: 2, signal })).toBe(expected, {
        a: { ok: true },
        B: { ...cancelled, index: 1, attempts: 1, waited: 0, duration: 6 },
        C: { ...cancelled, index: 2, attempts: 1, waited: 0, duration: 2 },
      });
      expectSubscriptions(net.attempt(a).subscriptions).toBe(fetchA);
      expectSubscriptions(net.attempt(b).subscriptions).toBe(fetchB);
      expectSubscriptions(net.attempt(c).subscriptions).toBe(fetchC);
    }),
  );

  it(
    'cancels what waits in the queue of fetchEach, which was pulled, and leaves the source',
    marbles(({ abortSignal, hot, transport, expectResults, expectSubscriptions }) => {
      const net = transport({ [a]: '---------(p|)' });
      const source = hot(' -abc---a--', { a, b, c });
      const subs = '       ^----!';
      const expected = '   -----(ABC|)';

      const options = { transport: net, concurrency: 1, signal: abortSignal('-----!') };
      expectResults(source.pipe(fetchEach(options))).toBe(expected, {
        A: { ...cancelled, index: 0, attempts: 1, waited: 0, duration: 4 },
        B: { ...cancelled, index: 1, attempts: 0, waited: 3, duration: 0 },
        C: { ...cancelled, index: 2, attempts: 0, waited: 2, duration: 0 },
      });
      expectSubscriptions(source.subscriptions).toBe(subs);
      expectSubscriptions(net.attempt(a).subscriptions).toBe(' -^---!');
    }),
  );

  it(
    'cancels what waits for a retry, with the error of its last attempt as the cause',
    marbles(({ abortSignal, flush, scheduler, transport, expectResults, expectSubscriptions }) => {
      const broken = new FetchError('network', 'drawn to break', { retryable: true });
      const net = transport({ [a]: ['-#', '-(p|)'] }, {}, broken);
      const signal = abortSignal('----!');
      const causes: unknown[] = [];
      const results$ = fetchFrom([a], { transport: net, signal, retry: { backoff: () => 9 } }).pipe(
        map((result) => {
          causes.push(!result.ok && result.error.cause);
          return result;
        }),
      );
      expectResults(results$).toBe('----(A|)', { A: { ...cancelled, attempts: 1, waited: 3, duration: 4 } });
      expectSubscriptions(net.attempt(a, 2).subscriptions).toBe([]);
      flush();
      expect(causes).toEqual([broken]);
      expect(scheduler.actions).toEqual([]);
    }),
  );

  it(
    'cancels what is in project',
    marbles(({ abortSignal, cold, transport, expectResults, expectSubscriptions }) => {
      const net = transport({ [a]: '-(p|)' });
      const value = cold('        ---------(v|)');
      const work = '             -^--!';
      const expected = '         ----(A|)';

      const options = { transport: net, signal: abortSignal('----!'), project: () => value };
      expectResults(fetchFrom([a], options)).toBe(expected, {
        A: { ...cancelled, attempts: 1, duration: 4 },
      });
      expectSubscriptions(value.subscriptions).toBe(work);
    }),
  );

  it(
    'gives records of what was under way first, then of what waited, each in the order of the inputs',
    marbles(({ abortSignal, hot, transport, expectResults }) => {
      const net = transport({ [a]: '-#', [b]: '---------(p|)' });
      const source = hot('a-a-b-b-b-', { a, b });
      const expected = '  ---------(CDABE|)';

      const backOffs = [99, 50]; // the second would be the first to start again
      const options = {
        transport: net,
        concurrency: 2,
        retry: { backoff: () => backOffs.shift() ?? 0 },
        signal: abortSignal('---------!'),
      };
      expectResults(source.pipe(fetchEach(options))).toBe(expected, {
        A: { attempts: 1, ...cancelled },
        B: { attempts: 1, ...cancelled },
        C: { attempts: 1, ...cancelled },
        D: { attempts: 1, ...cancelled },
        E: { attempts: 0, ...cancelled },
      });
    }),
  );

  it(
    'says in its message where the input was',
    marbles(({ abortSignal, hot, transport, expectObservable }) => {
      const net = transport({ [a]: '#', [b]: '-' });
      const source = hot(' (abc)', { a, b, c });
      const expected = '   ------(bac|)';
      const options = {
        transport: net,
        concurrency: 1,
        retry: { backoff: () => 99 },
        signal: abortSignal('------!'),
      };
      expectObservable(source.pipe(fetchEach(options), map(messageOf))).toBe(expected, {
        a: 'GET http://a/: cancelled by the signal while waiting for a retry',
        b: 'GET http://b/: cancelled by the signal while under way',
        c: 'GET http://c/: cancelled by the signal while in the queue',
      });
    }),
  );

  it(
    'completes at once, and pulls nothing, when it was aborted before',
    marbles(({ hot, transport, expectObservable, expectResults, expectSubscriptions }) => {
      const inputs = watched('abc');
      const source = hot('a', { a });
      const options = { transport: transport({}), signal: AbortSignal.abort() };

      expectObservable(inputs.pulls$).toBe('-');
      expectResults(fetchFrom(inputs, options)).toBe('|');
      expectResults(source.pipe(fetchEach(options))).toBe('|');
      expectSubscriptions(source.subscriptions).toBe([]);
    }),
  );

  it(
    'is heard while nothing is under way',
    marbles(({ abortSignal, expectResults }) => {
      const options = { transport: () => NEVER, signal: abortSignal('---!') };
      expectResults(NEVER.pipe(fetchEach(options))).toBe('---|');
    }),
  );

  it(
    'cancels what a paused pipeline holds',
    marbles(({ abortSignal, transport, expectResults }) => {
      const options = { transport: transport({}), concurrency: of(0), signal: abortSignal('---!') };
      expectResults(concat(of(a, b), NEVER).pipe(fetchEach(options))).toBe('---(AB|)', {
        A: cancelled,
        B: cancelled,
      });
    }),
  );

  it('has one listener for a pipeline, and none when it is over', () => {
    const listeners = { added: 0, removed: 0 };
    const { signal } = new AbortController();
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners.added++;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners.removed++;
      remove(...args);
    };
    const transport = (): typeof NEVER => NEVER;
    const subscription = fetchFrom([a, b, c], { transport, signal }).subscribe();
    expect(listeners).toEqual({ added: 1, removed: 0 });
    subscription.unsubscribe();
    expect(listeners).toEqual({ added: 1, removed: 1 });
  });

  it('gives its reason as the cause, unless an attempt had failed before', () => {
    const controller = new AbortController();
    const causes: unknown[] = [];
    const failed = new FetchError('network', 'it broke', { retryable: true });
    const transport = ({ url }: FetchRequest): Observable<Page> =>
      url === a ? throwError(() => failed) : NEVER;
    const options = { transport, signal: controller.signal, retry: { limit: 1, backoff: () => 1e6 } };
    fetchFrom([a, b], options).subscribe((result) => causes.push(result.ok || result.error.cause));
    const reason = new Error('enough');
    controller.abort(reason);
    expect(causes).toEqual([reason, failed]); // what is in flight first
  });

  it(
    'cancels bad input that waits in the queue like any other, however hard it is to print',
    marbles(({ abortSignal, transport, expectObservable }) => {
      const unprintable: unknown = Object.create(null);
      const inputs = [a, '', { url: unprintable }, unprintable, null] as string[];
      const options = {
        transport: transport({ [a]: '-' }),
        concurrency: 1,
        signal: abortSignal('------!'),
      };
      const kinds$ = concat(of(...inputs), NEVER).pipe(
        fetchEach(options),
        map((result) => (result.ok ? 'ok' : result.error.kind)),
      );
      expectObservable(kinds$).toBe('------(kkkkk|)', { k: 'cancelled' });
    }),
  );

  it('waits for no input that an async iterator was asked for: that was never pulled', async () => {
    const log: string[] = [];
    const inputs = asked(log);
    const controller = new AbortController();
    fetchFrom(inputs, { transport: () => NEVER, signal: controller.signal }).subscribe({
      next: ({ index }) => log.push(`record ${index}`),
      complete: () => log.push('completed'),
    });
    await settled();
    controller.abort();
    expect(log).toEqual(['asked', 'returned', 'completed']);
    inputs.answer({ done: false, value: a });
    await settled();
    expect(log).toEqual(['asked', 'returned', 'completed']);
  });

  it(
    'has no record of an input whose own reading aborts: it was not pulled yet',
    marbles(({ transport, expectResults }) => {
      const controller = new AbortController();
      const key = (): string => {
        controller.abort();
        return '';
      };
      const options = {
        transport: transport({ [a]: '--(p|)' }),
        perHost: { key },
        signal: controller.signal,
      };
      expectResults(fetchFrom([a, b], options)).toBe('|');
    }),
  );
});
