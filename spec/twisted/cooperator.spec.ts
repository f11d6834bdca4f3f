// The laws of Cooperator and coiterate, by the names of Twisted's tests (twisted/test/test_cooperator.py).
import {
  BehaviorSubject,
  concat,
  defer,
  ignoreElements,
  merge,
  NEVER,
  of,
  throwError,
  type Observable,
  type SchedulerAction,
  type SchedulerLike,
  type Subscription,
} from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createFetcher } from '../../lib/creators/create-fetcher.js';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import { mergeFrom } from '../../lib/creators/merge-from.js';
import type { Page } from '../../lib/model/page.js';
import type { FetchRequest } from '../../lib/model/request.js';
import { page } from '../../lib/testing/index.js';
import { urlsOf, watched } from '../support/inputs.js';
import { marbles, notingDelays, startsOf } from '../support/marbles.js';
import { a, b, c } from './outcomes.js';

const retry = false;
/** Every page takes 3 ms. */
const routes = Object.fromEntries(urlsOf('abcdefgh').map((url) => [url, '---(p|)']));

/** Gives the URL of `letters` one by one, then throws. */
function* breaking(letters: string): Generator<string> {
  yield* urlsOf(letters);
  throw new RangeError('no more URLs');
}

describe('Cooperator.stop', () => {
  it(
    // changed: a pipeline that was stopped before it began has nothing to tell but its end
    'testStoppedRejectsNewTasks (changed): a new task completes, and nothing of it is pulled',
    marbles(({ transport, expectObservable, expectResults }) => {
      const inputs = watched('ab');
      expectObservable(inputs.pulls$).toBe('-');
      expectResults(fetchFrom(inputs, { transport: transport(routes), signal: AbortSignal.abort() })).toBe(
        '|',
      );
    }),
  );

  it('testStoppedRejectsNewTasks (kept): of a fetcher that is closed, a new task errors', () => {
    const fetcher = createFetcher();
    fetcher.close();
    const errors: unknown[] = [];
    fetcher.fetchFrom([a]).subscribe({ error: (error: unknown) => errors.push(error) });
    expect(String(errors)).toContain('this fetcher is closed');
  });

  it(
    'testStopRunning (kept): an iterator is not run to its end, and is told so',
    marbles(({ abortSignal, expectObservable, expectResults, transport }) => {
      const inputs = watched('abc');
      const options = { transport: transport(routes), concurrency: 1, signal: abortSignal('----!') };
      expectObservable(inputs.pulls$).toBe('         a--bR');
      expectResults(fetchFrom(inputs, options)).toBe('---a(B|)', {
        a: { ok: true },
        B: { kind: 'cancelled' },
      });
    }),
  );

  it(
    'testStopOutstanding (kept): what an iterator waits for is let go of, and it is not asked again',
    marbles(({ abortSignal, expectObservable, expectResults, expectSubscriptions, transport }) => {
      const inputs = watched('ab');
      const net = transport({ ...routes, [a]: '------(p|)' });
      const fetchA = '  ^---!';
      expectObservable(inputs.pulls$).toBe('a---R');
      expectResults(fetchFrom(inputs, { transport: net, concurrency: 1, signal: abortSignal('----!') })).toBe(
        '----(A|)',
        { A: { kind: 'cancelled' } },
      );
      expectSubscriptions(net.attempt(a).subscriptions).toBe(fetchA);
      expectSubscriptions(net.attempt(b).subscriptions).toBe([]);
    }),
  );
});

describe('coiterate, of an iterator that fails', () => {
  it(
    'testUnexpectedError (kept): an iterator that throws is the error, once what it gave before has settled',
    marbles(({ transport, expectObservable, expectResults }) => {
      const error = new RangeError('no more URLs');
      const options = { transport: transport(routes) };
      expectResults(fetchFrom(breaking(''), options)).toBe('#', {}, error);
      expectResults(fetchFrom(breaking('ab'), options)).toBe('---(ab#)', {}, error);
      expectObservable(mergeFrom(breaking(''), () => NEVER)).toBe('#', undefined, error);
    }),
  );

  it(
    'testUnexpectedErrorActuallyLater (kept): of mergeFrom, which is for anything, a later error is the error',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const later = cold('--#', undefined, 'it broke');
      expectObservable(mergeFrom([1, 2], () => later, { concurrency: 1 })).toBe('--#', undefined, 'it broke');
      expectSubscriptions(later.subscriptions).toBe('^-!');
    }),
  );

  it(
    'testUnexpectedErrorNotActuallyLater (kept): of mergeFrom, an error in the very call is the error',
    marbles(({ expectObservable }) => {
      const broken = throwError(() => 'it broke');
      expectObservable(mergeFrom([1, 2], () => broken)).toBe('#', undefined, 'it broke');
    }),
  );

  it(
    // changed: of n coiterates over one generator each page that failed ended one, and the rest went on slower
    'testUnexpectedErrorActuallyLater (changed): of fetchFrom, a failed page is a record and costs no lane',
    marbles(({ flush, transport, expectResults }) => {
      const net = transport({ ...routes, [a]: '-#', [b]: '--#', [c]: '--#' });
      const inputs = urlsOf('abcdef');
      expectResults(fetchFrom(inputs, { transport: net, concurrency: 2, retry })).toBe('-ABC-de-(f|)');
      flush();
      expect(startsOf(net)).toBe('0a 0b 1c 2d 3e 5f'); // two at a time, to the end
    }),
  );
});

describe('Cooperator', () => {
  it(
    'testCooperation (kept): tasks take turns, item by item',
    marbles(({ flush, transport, expectObservable }) => {
      const net = transport(Object.fromEntries(urlsOf('abcdefghi').map((url) => [url, '-(p|)'])));
      const cooperator = createFetcher({ transport: net, concurrency: 1 });
      const tasks = ['abc', 'def', 'ghi'].map((letters) => cooperator.fetchFrom(urlsOf(letters)));
      expectObservable(merge(...tasks).pipe(ignoreElements())).toBe('---------|');
      flush();
      expect(startsOf(net)).toBe('0a 1d 2g 3b 4e 5h 6c 7f 8i');
    }),
  );

  it('testResourceExhaustion (changed): no slice of time is used up; a limit of 0 stops the pull where it is', () => {
    const limit = new BehaviorSubject(1);
    const output: number[] = [];
    function* numbers(): Generator<number> {
      for (let n = 0; n < 100; n++) {
        output.push(n);
        if (n === 9) limit.next(0);
        yield n;
      }
    }
    mergeFrom(numbers(), (n) => of(n), { concurrency: limit }).subscribe();
    expect(output).toEqual(Array.from({ length: 10 }, (_, n) => n));
    limit.next(1);
    expect(output).toHaveLength(100);
  });

  it(
    'testCallbackReCoiterate (kept): a task begun where another ends asks for no time at all',
    marbles(({ scheduler, expectObservable }) => {
      const noting = notingDelays({ scheduler });
      const cooperator = createFetcher({ scheduler: noting.scheduler });
      const again = defer(() => cooperator.fetchFrom([]));
      expectObservable(concat(cooperator.fetchFrom([]), again, again)).toBe('|');
      expect(noting.delays).toEqual([]);
    }),
  );

  it(
    'test_removingLastTaskStopsScheduledCall (kept): the timer is there while a task waits, and no longer',
    marbles(({ scheduler }) => {
      const timers: Subscription[] = [];
      const counting: SchedulerLike = {
        now: () => scheduler.now(),
        schedule: (
          work: (this: SchedulerAction<unknown>, state?: unknown) => void,
          delay = 0,
          state?: unknown,
        ) => {
          const timer = scheduler.schedule(work, delay, state);
          timers.push(timer);
          return timer;
        },
      };
      const open = (): number => timers.filter(({ closed }) => !closed).length;
      const transport = ({ url }: FetchRequest): Observable<Page> => of(page(String(url)));
      const cooperator = createFetcher({ transport, scheduler: counting, perHost: { delay: 10 } });
      const task1 = cooperator.fetchFrom([a, a]).subscribe(); // the second of them waits
      const task2 = cooperator.fetchFrom([a]).subscribe();
      expect(open()).toBe(1); // one for all that waits
      task1.unsubscribe();
      expect(open()).toBe(1);
      task2.unsubscribe();
      expect(open()).toBe(0);
      const task3 = cooperator.fetchFrom([a]).subscribe();
      expect(open()).toBe(1);
      task3.unsubscribe();
      expect(open()).toBe(0);
    }),
  );
});

describe('Cooperator.running', () => {
  it(
    // changed: what is made is cold; the subscription is what starts, runs and stops
    'test_runningWhenStarted, test_runningWhenNotStarted (changed): nothing runs that is not subscribed',
    marbles(({ flush, transport, expectObservable }) => {
      const inputs = watched('a');
      const net = transport(routes);
      void fetchFrom(inputs, { transport: net });
      void createFetcher({ transport: net }).fetchFrom(inputs);
      expectObservable(inputs.pulls$).toBe('-');
      flush();
      expect(net.log).toEqual([]);
    }),
  );

  it(
    'test_runningWhenRunning, test_runningWhenStopped (kept): a subscription runs until it ends or is left',
    marbles(({ flush, transport }) => {
      const net = transport(routes);
      const left = fetchFrom([a], { transport: net }).subscribe();
      const finished = fetchFrom([b], { transport: net }).subscribe();
      expect([left.closed, finished.closed]).toEqual([false, false]);
      left.unsubscribe();
      expect([left.closed, finished.closed]).toEqual([true, false]);
      flush();
      expect(finished.closed).toBe(true);
    }),
  );

  it(
    'test_cooperate (kept): an iterator is run to its end',
    marbles(({ transport, expectObservable, expectResults }) => {
      const inputs = watched('abc');
      expectObservable(inputs.pulls$).toBe('                                    a--b--c--E');
      expectResults(fetchFrom(inputs, { transport: transport(routes), concurrency: 1 })).toBe(
        '---a--b--(c|)',
      );
    }),
  );
});
