// The laws of deferToThread and its pool, by the names of Twisted's tests (twisted/test/test_threads.py and
// twisted/internet/test/test_threads.py). Threads are real: there is no virtual time in here.
import { threadId } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { concat, defer, firstValueFrom, from, lastValueFrom, NEVER, of, range, tap, toArray } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mapInWorker } from '../../lib/worker/index.js';
import { leavesNothingBehind } from '../support/leaks.js';
import { Board, jobs, leavesNoThread, noThreads, threadCount, threadsMade } from '../worker/threads.js';

describe('deferToThread', () => {
  leavesNothingBehind();
  leavesNoThread();

  it('test_deferredResult (kept): the result of the function', async () => {
    expect(await firstValueFrom(of(3).pipe(mapInWorker(jobs)))).toBe(6);
  });

  it('test_deferredFailure (kept): what the function threw, with its class and the stack of its thread', async () => {
    const failing = firstValueFrom(of('type').pipe(mapInWorker(jobs, { name: 'fail' })));
    const error: unknown = await failing.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toMatchObject({ message: 'not a number', stack: expect.stringContaining('jobs.mjs:') });
  });

  it('test_deferredFailureAfterSuccess (kept): a failure fails, also after a success', async () => {
    const seen: unknown[] = [];
    const results$ = from(['well', 'own']).pipe(
      mapInWorker(jobs, { name: 'fail', concurrency: 1 }),
      tap((result) => seen.push(result)),
    );
    await expect(lastValueFrom(results$)).rejects.toMatchObject({ name: 'ParseError', code: 'E_PARSE' });
    expect(seen).toEqual(['well']);
  });

  // changed: a thread cannot be stopped in Twisted, so its result comes and is thrown away; here the thread is ended
  it('cancel (changed): a running job ends with its thread, and a queued one never runs', async () => {
    const board = new Board();
    const inputs = [{ board: board.cells }, { board: board.cells }];
    const running = from(inputs)
      .pipe(mapInWorker(jobs, { name: 'held', concurrency: 1 }))
      .subscribe();
    await board.whenBegun(1);
    running.unsubscribe();
    await noThreads(); // though nobody let it go on
    expect(board.begun).toBe(1);
  });
});

describe('deferToThreadPool', () => {
  leavesNoThread();
  let pool: Piscina;
  beforeEach(() => {
    pool = new Piscina({ filename: jobs, minThreads: 0, maxThreads: 8 });
  });
  afterEach(() => pool.destroy());

  it('test_deferredResult (kept): the result of the function, of a pool too', async () => {
    expect(await firstValueFrom(of(3).pipe(mapInWorker(pool)))).toBe(6);
  });

  it('test_deferredFailure (kept): what the function threw, of a pool too, which goes on', async () => {
    const failing = firstValueFrom(of('type').pipe(mapInWorker(pool, { name: 'fail' })));
    await expect(failing).rejects.toThrow(TypeError);
    expect(await firstValueFrom(of(3).pipe(mapInWorker(pool)))).toBe(6);
  });
});

describe("the reactor's threads", () => {
  leavesNothingBehind();
  leavesNoThread();

  // changed: there is no pool of the whole program; each subscription says how many threads it may have
  it('test_suggestThreadPoolSize (changed): no more jobs run than `concurrency` says', async () => {
    const board = new Board();
    const inputs = Array.from({ length: 6 }, () => ({ board: board.cells, value: 'done' }));
    const held = (concurrency: number) => from(inputs).pipe(mapInWorker(jobs, { name: 'held', concurrency }));
    const all = lastValueFrom(held(3).pipe(toArray()));
    await board.whenBegun(3);
    expect(threadCount()).toBe(3);
    board.open();
    expect(await all).toHaveLength(6);
  });

  it('test_callInThread (kept): the function runs on another thread', async () => {
    const where = await firstValueFrom(of(0).pipe(mapInWorker(jobs, { name: 'whereAmI' })));
    expect(where).toBeTypeOf('number');
    expect(where).not.toBe(threadId);
  });

  it('test_callFromThread (kept): who is told of the result is on the thread that asked', async () => {
    const told: number[] = [];
    const results$ = of(1).pipe(
      mapInWorker(jobs),
      tap(() => told.push(threadId)),
    );
    await lastValueFrom(results$);
    expect(told).toEqual([threadId]);
  });

  it('test_wakerOverflow (kept): thousands of results at a time all arrive', async () => {
    const count = 5_000;
    const all = await lastValueFrom(range(0, count).pipe(mapInWorker<number, number>(jobs), toArray()));
    expect(new Set(all).size).toBe(count);
  });

  it('test_callMultiple (kept): at a concurrency of 1, one thread does them in their order', async () => {
    const before = threadsMade();
    const results$ = range(0, 10).pipe(mapInWorker<number, number>(jobs, { concurrency: 1 }), toArray());
    expect(await lastValueFrom(results$)).toEqual(Array.from({ length: 10 }, (_, n) => 2 * n));
    expect(threadsMade()).toBe(before + 1);
  });

  it('testCallBeforeStartupUnexecuted (kept): nothing runs, and no thread starts, before it is subscribed', () => {
    const before = threadsMade();
    void of(1).pipe(mapInWorker(jobs));
    NEVER.pipe(mapInWorker(jobs)).subscribe().unsubscribe();
    expect(threadsMade()).toBe(before);
  });

  it('test_stopThreadPool, test_stopThreadPoolWhenStartedAfterReactorRan (kept): threads end with what began them', async () => {
    const numbers$ = of(1, 2).pipe(mapInWorker<number, number>(jobs, { concurrency: 2 }));
    const late$ = defer(() => of(3).pipe(mapInWorker<number, number>(jobs)));
    expect((await lastValueFrom(concat(numbers$, late$).pipe(toArray()))).toSorted()).toEqual([2, 4, 6]);
    await noThreads();
  });
});
