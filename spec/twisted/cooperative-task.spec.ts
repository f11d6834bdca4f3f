// The laws of CooperativeTask (pause, resume, stop, whenDone), by the names of Twisted's tests
// (RunStateTests in twisted/test/test_cooperator.py).
import { map, Observable, share, startWith, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createFetcher } from '../../lib/creators/create-fetcher.js';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import type { FetchResult } from '../../lib/model/result.js';
import { page } from '../../lib/testing/index.js';
import type { Transport } from '../../lib/transports/transport.js';
import { urlsOf, watched } from '../support/inputs.js';
import { marbles } from '../support/marbles.js';
import { a, b } from './outcomes.js';

/** Every page takes 2 ms. */
const routes = Object.fromEntries(urlsOf('abcd').map((url) => [url, '--(p|)']));
const limits = { 0: 0, 1: 1 };

describe('CooperativeTask.pause and resume', () => {
  it(
    // changed: there are no ticks to wait for, so the call that resumes is the call that pulls
    'test_pauseResume (changed): nothing is pulled while it is paused, and at once when it is resumed',
    marbles(({ cold, transport, expectObservable, expectResults }) => {
      const inputs = watched('abcd');
      const concurrency = cold('---0-----1-', limits).pipe(startWith(1));
      const pulls = '           a-b------c-d-E';
      const expected = '        --a-b------c-(d|)';
      expectObservable(inputs.pulls$).toBe(pulls);
      expectResults(fetchFrom(inputs, { transport: transport(routes), concurrency })).toBe(expected);
    }),
  );

  it(
    // changed: a limit is said, not counted; to say it twice is to say it
    'test_resumeNotPaused, test_pauseTwice (changed): neither is an error, and one resume undoes two pauses',
    marbles(({ cold, transport, expectObservable, expectResults }) => {
      const inputs = watched('ab');
      const concurrency = cold('1-00--11---', limits).pipe(startWith(0));
      const pulls = '           a-----b-E';
      const expected = '        --a-----(b|)';
      expectObservable(inputs.pulls$).toBe(pulls);
      expectResults(fetchFrom(inputs, { transport: transport(routes), concurrency })).toBe(expected);
    }),
  );

  it(
    'test_pauseWhileDeferred (kept): it goes on when the page has come and it is resumed, whichever is last',
    marbles(({ cold, transport, expectResults }) => {
      const net = transport({ [a]: '------(p|)', [b]: '------(p|)' });
      const soon = cold('     --0-1-------', limits).pipe(startWith(1));
      const late = cold('     --0------1--', limits).pipe(startWith(1));
      expectResults(fetchFrom([a, b], { transport: net, concurrency: soon })).toBe('------a-----(b|)');
      expectResults(fetchFrom([a, b], { transport: net, concurrency: late })).toBe('------a--------(b|)');
    }),
  );
});

describe('CooperativeTask.whenDone', () => {
  it(
    'test_whenDone (kept): all who wait are told, and what one makes of it is nothing to the others',
    marbles(({ transport, expectObservable }) => {
      const task$ = fetchFrom([a], { transport: transport(routes) }).pipe(share());
      expectObservable(task$.pipe(map(({ ok }) => ok))).toBe('--(x|)', { x: true });
      expectObservable(task$.pipe(map(() => 'another'))).toBe('--(x|)', { x: 'another' });
    }),
  );

  it(
    'test_whenDoneError (kept): all who wait are told what the iterator threw',
    marbles(({ transport, expectObservable }) => {
      function* breaking(): Generator<string> {
        yield a;
        throw new RangeError('no more URLs');
      }
      const task$ = fetchFrom(breaking(), { transport: transport(routes) }).pipe(
        map(({ index }) => index),
        share(),
      );
      const error = new RangeError('no more URLs');
      expectObservable(task$).toBe('--(x#)', { x: 0 }, error);
      expectObservable(task$).toBe('--(x#)', { x: 0 }, error);
    }),
  );

  it(
    // changed: TaskStopped was an error; a pipeline that is stopped completes, and its records say what was cut off
    'test_whenDoneStop (changed): all who wait are told what was cancelled, and that it is complete',
    marbles(({ abortSignal, expectResults, transport }) => {
      const signal = abortSignal('-!');
      const task$ = fetchFrom([a], { transport: transport(routes), signal }).pipe(share());
      expectResults(task$).toBe('-(A|)', { A: { kind: 'cancelled' } });
      expectResults(task$).toBe('-(A|)', { A: { kind: 'cancelled' } });
    }),
  );

  it(
    'test_whenDoneAlreadyDone (kept): of an iterator that is at its end, whoever asks is told at once',
    marbles(({ transport, expectResults }) => {
      const task$ = fetchFrom([a].values(), { transport: transport(routes) });
      expectResults(task$, ' ^-------').toBe('--(a|)');
      expectResults(task$, ' -----^--').toBe('-----|');
    }),
  );
});

describe('CooperativeTask.stop', () => {
  it(
    'test_stopStops, test_pauseStopResume (kept): nothing is pulled after it, resumed or not',
    marbles(({ abortSignal, cold, expectObservable, expectResults, transport }) => {
      const inputs = watched('ab');
      const concurrency = cold('-0---1', limits).pipe(startWith(1));
      const options = { transport: transport(routes), concurrency, signal: abortSignal('---!') };
      expectObservable(inputs.pulls$).toBe('         a--R');
      expectResults(fetchFrom(inputs, options)).toBe('--a|');
    }),
  );

  it(
    'test_stopDeferred (kept): what it waits for may still answer, and that moves nothing',
    marbles(({ abortSignal, expectObservable, expectResults, flush, scheduler }) => {
      const inputs = watched('ab');
      const answers: number[] = [];
      const deaf: Transport = ({ url }) => {
        const late$ = timer(5, scheduler).pipe(map(() => page(String(url))));
        return new Observable((subscriber) => {
          // no teardown: it cannot be stopped
          late$.subscribe((answer) => {
            answers.push(scheduler.now());
            subscriber.next(answer);
          });
        });
      };
      const signal = abortSignal('--!');
      expectObservable(inputs.pulls$).toBe('a-R');
      expectResults(fetchFrom(inputs, { transport: deaf, concurrency: 1, signal })).toBe('--(A|)', {
        A: { kind: 'cancelled' },
      });
      flush();
      expect(answers).toEqual([5]);
    }),
  );

  it(
    // changed: TaskStopped, TaskDone and TaskFailed told whoever came too late; an abort that has nothing left to
    // do is no mistake
    'test_stopStops, test_stopExhausted, test_stopErrored (changed): to stop once more does nothing',
    marbles(({ flush, transport }) => {
      function* breaking(): Generator<string> {
        yield* [];
        throw new RangeError('no URLs');
      }
      const ends: string[] = [];
      for (const inputs of [[a], [], breaking()]) {
        const controller = new AbortController();
        const options = { transport: transport(routes), signal: controller.signal };
        const subscription = fetchFrom(inputs, options).subscribe({
          next: (result) => ends.push(result.ok ? 'page' : result.error.kind),
          error: (error: unknown) => ends.push(String(error)),
          complete: () => ends.push('complete'),
        });
        controller.abort();
        controller.abort();
        subscription.unsubscribe();
        subscription.unsubscribe();
      }
      flush();
      expect(ends).toEqual(['cancelled', 'complete', 'complete', 'RangeError: no URLs']);
    }),
  );

  it(
    'test_stopCooperatorReentrancy (kept): who is told of the end may stop all, and is told no more',
    marbles(({ flush, transport }) => {
      const cooperator = createFetcher({ transport: transport(routes), concurrency: 2 });
      const phases: string[] = [];
      const other: FetchResult[] = [];
      cooperator.fetchFrom([a]).subscribe({
        next: () => phases.push('record'),
        complete: () => {
          phases.push('complete');
          cooperator.close();
          phases.push('closed');
        },
      });
      cooperator.fetchFrom([b, b]).subscribe((result) => other.push(result));
      flush();
      expect(phases).toEqual(['record', 'complete', 'closed']);
      expect(other.map((result) => result.ok || result.error.kind)).toEqual(['cancelled']);
    }),
  );
});
