import { pathToFileURL } from 'node:url';
import { threadId } from 'node:worker_threads';
import { EMPTY, firstValueFrom, from, lastValueFrom, NEVER, of, Subject, take, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { mapInWorker } from '../../lib/worker/index.js';
import { leavesNothingBehind } from '../support/leaks.js';
import { printedBy } from './printed-by.js';
import { Board, jobs, leavesNoThread, noThreads, threadCount, threadsMade } from './threads.js';

const beside = (file: string): URL => new URL(file, import.meta.url);

describe('mapInWorker', () => {
  leavesNothingBehind();
  leavesNoThread();

  it('emits what the default export returns for each value', async () => {
    const doubled$ = from([1, 2, 3]).pipe(mapInWorker<number, number>(jobs, { concurrency: 2 }), toArray());
    expect((await lastValueFrom(doubled$)).toSorted()).toEqual([2, 4, 6]);
  });

  it('runs it on another thread', async () => {
    const where = await firstValueFrom(of(0).pipe(mapInWorker(jobs, { name: 'whereAmI' })));
    expect(where).toBeGreaterThan(threadId);
  });

  it.each([
    ['a path', jobs],
    ['a URL', pathToFileURL(jobs)],
    ['the text of a URL', pathToFileURL(jobs).href],
    ['a path from the working directory', 'spec/worker/jobs.mjs'],
  ])('takes %s', async (_, worker) => {
    expect(await firstValueFrom(of(4).pipe(mapInWorker(worker)))).toBe(8);
  });

  it('calls functions of a CommonJS module', async () => {
    const common = beside('common.cjs');
    expect(await firstValueFrom(of(4).pipe(mapInWorker(common)))).toBe(5);
    expect(await firstValueFrom(of(4).pipe(mapInWorker(common, { name: 'half' })))).toBe(2);
  });

  it('calls functions of a TypeScript module where the process has a loader for it', async () => {
    const printed = await printedBy(
      `of([1, 2]).pipe(mapInWorker('lib/pipeline/option-rules.ts', { name: 'received' })).subscribe(console.log);`,
    );
    expect(printed).toBe('an array of 2\n');
  });

  it('lets the program end while it waits for values', async () => {
    const printed = await printedBy(
      `import { NEVER, concat } from 'rxjs';
       concat(of(21), NEVER).pipe(mapInWorker('spec/worker/jobs.mjs')).subscribe(console.log);`,
    );
    expect(printed).toBe('42\n');
  });

  it('emits in the order in which jobs finish', async () => {
    const [slow, fast] = [new Board(), new Board()];
    fast.open();
    const seen: unknown[] = [];
    const inputs = [slow, fast, fast].map(({ cells }, value) => ({ board: cells, value }));
    const subscription = from(inputs)
      .pipe(mapInWorker(jobs, { name: 'held', concurrency: 2 }))
      .subscribe((value) => seen.push(value));
    await expect.poll(() => seen, { timeout: 30_000 }).toEqual([1, 2]); // on the other thread, while the first is held
    slow.open();
    await expect.poll(() => seen, { timeout: 30_000 }).toEqual([1, 2, 0]);
    expect(subscription.closed).toBe(true);
  });

  it('has no more than `concurrency` jobs under way', async () => {
    const board = new Board();
    const inputs = Array.from({ length: 5 }, (_, value) => ({ board: board.cells, value }));
    const all = lastValueFrom(
      from(inputs).pipe(mapInWorker(jobs, { name: 'held', concurrency: 2 }), toArray()),
    );
    await board.whenBegun(2);
    expect(threadCount()).toBe(2);
    board.open();
    expect(await all).toHaveLength(5);
    expect(board.begun).toBe(5);
  });

  it('completes at once where there is nothing to do, and starts no thread', () => {
    const before = threadsMade();
    let completed = false;
    EMPTY.pipe(mapInWorker(jobs)).subscribe({ complete: () => (completed = true) });
    expect(completed).toBe(true);
    expect(threadsMade()).toBe(before);
  });

  it('starts no thread before the first value', async () => {
    const before = threadsMade();
    NEVER.pipe(mapInWorker(jobs)).subscribe().unsubscribe();
    const subscription = NEVER.pipe(mapInWorker(jobs)).subscribe();
    await firstValueFrom(of(1).pipe(mapInWorker(jobs))); // time enough for one more
    expect(threadsMade()).toBe(before + 1);
    subscription.unsubscribe();
  });

  it('gives each subscription threads of its own', async () => {
    await noThreads();
    const before = threadsMade();
    const doubled$ = of(1).pipe(mapInWorker(jobs));
    await Promise.all([lastValueFrom(doubled$), lastValueFrom(doubled$)]);
    expect(threadsMade()).toBe(before + 2);
  });

  it('takes what a subscriber gives back while it is being given a value', async () => {
    const inputs$ = new Subject<number>();
    const seen: number[] = [];
    const all = new Promise<void>((resolve) => {
      inputs$.pipe(mapInWorker<number, number>(jobs, { concurrency: 1 }), take(4)).subscribe({
        next: (value) => {
          seen.push(value);
          inputs$.next(value);
        },
        complete: resolve,
      });
    });
    inputs$.next(1);
    await all;
    expect(seen).toEqual([2, 4, 8, 16]);
  });

  it('moves what `transfer` names, and copies the rest', async () => {
    const moved = new ArrayBuffer(16);
    const copied = new ArrayBuffer(32);
    const lengths$ = of(moved).pipe(
      mapInWorker<ArrayBuffer, number>(jobs, { name: 'lengthOf', transfer: (buffer) => [buffer] }),
    );
    expect(await firstValueFrom(lengths$)).toBe(16);
    expect(moved.byteLength).toBe(0);
    expect(() => new Uint8Array(moved)).toThrow('detached');
    expect(await firstValueFrom(of(copied).pipe(mapInWorker(jobs, { name: 'lengthOf' })))).toBe(32);
    expect(copied.byteLength).toBe(32);
  });

  it.each([
    [
      42,
      {},
      'mapInWorker: expected worker to be the path or file: URL of a module, or a Piscina, got `42` (number)',
    ],
    ['', {}, 'got "" (string)'],
    [new URL('https://example.org/w.js'), {}, 'got "https://example.org/w.js" (string)'],
    [jobs, null, 'mapInWorker: expected options to be an object, got null'],
    [
      jobs,
      { concurrency: 0 },
      'mapInWorker: expected `concurrency` to be an integer from 1 up, got `0` (number)',
    ],
    [jobs, { concurrency: Infinity }, 'expected `concurrency` to be an integer from 1 up'],
    [jobs, { name: '' }, 'mapInWorker: expected `name` to be the name of an export, got "" (string)'],
    [jobs, { transfer: [] }, 'mapInWorker: expected `transfer` to be a function'],
    [jobs, { idleTimeout: -1 }, 'mapInWorker: expected `idleTimeout` to be a number of ms from 0 up'],
    [jobs, { concurency: 1 }, 'mapInWorker: there is no option `concurency`; did you mean `concurrency`?'],
  ])('refuses %s with %j when it is called', (worker, options, sentence) => {
    expect(() => mapInWorker(worker as never, options as never)).toThrow(sentence);
  });
});
