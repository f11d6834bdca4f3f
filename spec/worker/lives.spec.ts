import {
  catchError,
  firstValueFrom,
  from,
  lastValueFrom,
  map,
  mergeMap,
  of,
  Subject,
  take,
  toArray,
} from 'rxjs';
import { Piscina } from 'piscina';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import { toBatch } from '../../lib/operators/to-batch.js';
import { page } from '../../lib/testing/index.js';
import { mapInWorker } from '../../lib/worker/index.js';
import { leavesNothingBehind } from '../support/leaks.js';
import { Board, jobs, leavesNoThread, noThreads, threadCount, threadsMade } from './threads.js';

/** A Piscina of the caller's, of which nothing is left after the test. */
function poolOf(options: ConstructorParameters<typeof Piscina>[0]): Piscina {
  const pool = new Piscina({ filename: jobs, name: 'fail', ...options });
  onTestFinished(async () => {
    // a Piscina whose aborted thread exits after `destroy()` starts another in its place
    await new Promise((resolve) => setImmediate(resolve)); // what was started in this very turn is counted, too
    await expect.poll(threadCount, { timeout: 30_000 }).toBeLessThanOrEqual(pool.threads.length);
    await pool.destroy();
  });
  return pool;
}

const failing = { name: 'fail', concurrency: 2 };

describe('the threads of a subscription', () => {
  leavesNothingBehind();
  leavesNoThread();
  afterEach(noThreads); // each ends all its threads itself

  it('end when it completes', async () => {
    const before = threadsMade();
    await lastValueFrom(from([1, 2, 3, 4]).pipe(mapInWorker(jobs, { concurrency: 2 })));
    expect(threadsMade()).toBeGreaterThan(before);
    await noThreads();
  });

  it('end when a job fails, whatever the others do', async () => {
    const board = new Board();
    const inputs$ = new Subject<unknown>();
    const failed = firstValueFrom(
      inputs$.pipe(
        mergeMap((input) => of(input)),
        mapInWorker(jobs, { name: 'held', concurrency: 2 }),
      ),
    );
    inputs$.next({ board: board.cells });
    await board.whenBegun(1);
    inputs$.next(null); // has no board
    await expect(failed).rejects.toThrow(TypeError);
    await noThreads();
  });

  it('are stopped when it is unsubscribed, and what is queued never runs', async () => {
    const board = new Board();
    const inputs = Array.from({ length: 10 }, () => ({ board: board.cells }));
    const subscription = from(inputs)
      .pipe(mapInWorker(jobs, { name: 'held', concurrency: 2 }))
      .subscribe();
    await board.whenBegun(2);
    subscription.unsubscribe();
    await noThreads(); // though nobody has let them go on
    board.open();
    expect(board.begun).toBe(2);
  });

  it('are not started when it is unsubscribed before they could be', async () => {
    const before = threadsMade();
    of(1).pipe(mapInWorker(jobs)).subscribe().unsubscribe();
    await firstValueFrom(of(1).pipe(mapInWorker(jobs)));
    expect(threadsMade()).toBe(before + 1);
  });

  it('end when enough has been taken', async () => {
    const endless$ = from(Array.from({ length: 100 }, (_, n) => n));
    await lastValueFrom(endless$.pipe(mapInWorker(jobs, { concurrency: 2 }), take(3)));
    await noThreads();
  });

  it('end when they have been idle for `idleTimeout`, and are started again', async () => {
    const inputs$ = new Subject<number>();
    const seen: number[] = [];
    const subscription = inputs$
      .pipe(mapInWorker<number, number>(jobs, { concurrency: 1, idleTimeout: 1 }))
      .subscribe((value) => seen.push(value));
    inputs$.next(1);
    await expect.poll(() => seen, { timeout: 30_000 }).toEqual([2]);
    await noThreads();
    inputs$.next(2);
    await expect.poll(() => seen, { timeout: 30_000 }).toEqual([2, 4]);
    subscription.unsubscribe();
  });

  it('stay while it lasts, without `idleTimeout`', async () => {
    const before = threadsMade();
    const inputs$ = new Subject<number>();
    const numbers$ = inputs$.pipe(mapInWorker<number, number>(jobs, { concurrency: 1 }));
    const seen: number[] = [];
    const subscription = numbers$.subscribe((value) => {
      seen.push(value);
      setImmediate(() => inputs$.next(seen.length)); // when an idle thread without a timeout would be gone
    });
    inputs$.next(0);
    await expect.poll(() => seen.length, { timeout: 30_000 }).toBeGreaterThan(5);
    expect(threadsMade()).toBe(before + 1);
    subscription.unsubscribe();
  });
});

describe('a thread that dies', () => {
  leavesNothingBehind();
  leavesNoThread();

  it.each([0, 1])(
    'fails the job it was on, and no other (of a Piscina with %i `minThreads`)',
    async (minThreads) => {
      const pool = poolOf({ minThreads, maxThreads: 1 });
      const ways = ['a', 'exit', 'b', 'unclonable', 'c', 'stray', 'd'];
      const values$ = from(ways).pipe(
        mergeMap((how) =>
          of(how).pipe(
            mapInWorker(pool),
            catchError((error: unknown) =>
              of(/exited|cannot be cloned|died/.exec((error as Error).message)?.[0]),
            ),
          ),
        ),
        toArray(),
      );
      const values = await lastValueFrom(values$);
      expect(values.toSorted()).toEqual(['a', 'b', 'c', 'cannot be cloned', 'd', 'died', 'exited']);
    },
  );

  it('for want of memory says so, and leaves the rest of the program alone', async () => {
    const pool = poolOf({ maxThreads: 1, resourceLimits: { maxOldGenerationSizeMb: 16 } });
    const values$ = from(['memory', 'a']).pipe(
      mergeMap((how) =>
        of(how).pipe(
          mapInWorker(pool),
          catchError((error: unknown) => of((error as Error).message)),
        ),
      ),
      toArray(),
    );
    const [first, second] = await lastValueFrom(values$);
    expect(first).toContain(`mapInWorker: the thread of ${jobs} ran out of memory`);
    expect(second).toBe('a');
  });

  it('fails its own record where `project` works in a thread: all others succeed', async () => {
    const pool = poolOf({ minThreads: 0, maxThreads: 2 });
    const urls = Array.from({ length: 12 }, (_, n) => `http://a/${n % 6 === 3 ? 'exit' : n}`);
    const results$ = fetchFrom(urls, {
      transport: ({ url }) => of(page(String(url))),
      project: ({ url }) => of(url.slice('http://a/'.length)).pipe(mapInWorker<string, string>(pool)),
      concurrency: 6,
    });
    const results = await lastValueFrom(results$.pipe(toBatch()));
    expect(results.map((result) => (result.ok ? result.value : result.error.kind))).toEqual(
      urls.map((url, n) => (url.endsWith('exit') ? 'project' : String(n))),
    );
    const [lost] = results.filter((result) => !result.ok);
    expect(lost).toMatchObject({
      error: { cause: { message: expect.stringContaining('exited with code 3') } },
    });
  });
});

describe("a Piscina of the caller's", () => {
  leavesNothingBehind();
  leavesNoThread();

  it('is shared and outlives its subscriptions', async () => {
    const pool = poolOf({ name: 'default', minThreads: 1, maxThreads: 1 });
    for (const n of [1, 2, 3]) {
      expect(await lastValueFrom(from([n, n]).pipe(mapInWorker(pool), toArray()))).toEqual([2 * n, 2 * n]);
    }
    expect(threadCount()).toBe(1);
    expect(pool.completed).toBe(6);
  });

  it.each([0, 1])(
    'does what others wait for when a job is unsubscribed (%i `minThreads`)',
    async (minThreads) => {
      const pool = poolOf({ name: 'held', minThreads, maxThreads: 1 });
      const board = new Board();
      const input = { board: board.cells, value: 'never' };
      const first = of(input).pipe(mapInWorker(pool)).subscribe();
      await board.whenBegun(1);
      const queued = of(input).pipe(mapInWorker(pool)).subscribe();
      const other = firstValueFrom(of('other').pipe(mapInWorker(pool, { name: 'echo' })));
      await expect.poll(() => pool.queueSize, { timeout: 30_000 }).toBe(2);
      queued.unsubscribe();
      first.unsubscribe();
      expect(await other).toBe('other');
      expect(board.begun).toBe(1);
    },
  );

  it('takes no answer that comes too late for an error, which would end the program', async () => {
    const pool = poolOf({ name: 'echo', minThreads: 1, maxThreads: 1 });
    let late = 0;
    const emit = pool.emit.bind(pool);
    pool.emit = (event: string | symbol, ...told: unknown[]) => {
      if (event === 'error') late++;
      return emit(event, ...told);
    };
    for (let round = 0; late === 0; round++) {
      await firstValueFrom(of('warm').pipe(mapInWorker(pool)));
      const subscription = of('late').pipe(mapInWorker(pool)).subscribe();
      await Promise.resolve();
      const until = performance.now() + (round % 20) / 10;
      while (performance.now() < until); // meanwhile the thread answers
      subscription.unsubscribe();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await expect.poll(() => pool.listenerCount('error')).toBe(0);
  });

  it('that is destroyed says so to whoever waits', async () => {
    const pool = poolOf({ name: 'held', maxThreads: 1 });
    const board = new Board();
    const held = lastValueFrom(of({ board: board.cells }).pipe(mapInWorker(pool)));
    const told = expect(held).rejects.toThrow('mapInWorker: the Piscina was closed or destroyed before');
    await board.whenBegun(1);
    await pool.destroy();
    await told;
  });

  it('whose queue is full says what to change', async () => {
    const pool = poolOf({ name: 'held', minThreads: 1, maxThreads: 1, maxQueue: 0 });
    const board = new Board();
    const inputs = Array.from({ length: 4 }, () => ({ board: board.cells }));
    const held$ = from(inputs).pipe(mapInWorker(pool, { concurrency: 4 }));
    await expect(lastValueFrom(held$)).rejects.toThrow('raise its `maxQueue`, or lower `concurrency`');
  });

  it.each([
    [
      { filename: null },
      {},
      'mapInWorker: the Piscina has no `filename`: make it with new Piscina({ filename })',
    ],
    [
      {},
      { idleTimeout: 5 },
      'mapInWorker: `idleTimeout` is for threads of its own; give it to the Piscina instead',
    ],
  ])('is refused, made with %j and used with %j', (made, options, sentence) => {
    const pool = poolOf({ minThreads: 0, ...made });
    expect(() => mapInWorker(pool, options)).toThrow(sentence);
  });
});

describe('jobs under way', () => {
  leavesNoThread();

  it('are those of all values in the end, even when a thread after the other dies', async () => {
    const ways = Array.from({ length: 20 }, (_, n) => (n % 4 === 1 ? 'exit' : `${n}`));
    const survivors$ = from(ways).pipe(
      mergeMap(
        (how) =>
          of(how).pipe(
            mapInWorker(jobs, failing),
            map(String),
            catchError(() => of('lost')),
          ),
        4,
      ),
      toArray(),
    );
    const values = await lastValueFrom(survivors$);
    expect(values.filter((value) => value === 'lost')).toHaveLength(5);
    expect(new Set(values).size).toBe(16);
  });
});
