import { lastValueFrom, of, tap } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import { iterate, toAsyncIterable } from '../../lib/creators/async-iterable.js';
import { mergeFrom } from '../../lib/creators/merge-from.js';
import { successes } from '../../lib/operators/successes.js';
import { page } from '../../lib/testing/index.js';
import { mapInWorker } from '../../lib/worker/index.js';
import { Board, jobs, leavesNoThread } from './threads.js';

/** Counts what is taken from it, and how many more that ever was than had been emitted. */
class Counted {
  taken = 0;
  emitted = 0;
  most = 0;

  constructor(private readonly length: number) {}

  *[Symbol.iterator](): Generator<string> {
    while (this.taken < this.length) {
      this.taken++;
      this.most = Math.max(this.most, this.taken - this.emitted);
      yield `http://a/${this.taken}`;
    }
  }

  readonly count = (): void => {
    this.emitted++;
  };
}

const transport = ({ url }: { url: string | URL }) => of(page(String(url)));
const slow = { name: 'slowly', concurrency: 2 };

describe('slow threads', () => {
  leavesNoThread();

  it('hold back the pull of fetchFrom: both concurrencies together, of 1,000 inputs', async () => {
    const inputs = new Counted(1_000);
    const values$ = fetchFrom(inputs, { transport, concurrency: 4, project: ({ url }) => url }).pipe(
      successes(),
      mapInWorker(jobs, slow),
      tap(inputs.count),
    );
    await lastValueFrom(values$);
    expect(inputs.emitted).toBe(1_000);
    expect(inputs.most).toBe(6);
  });

  it('hold back the pull of mergeFrom', async () => {
    const inputs = new Counted(1_000);
    const values$ = mergeFrom(inputs, (url) => of(url), { concurrency: 4 }).pipe(
      mapInWorker(jobs, slow),
      tap(inputs.count),
    );
    await lastValueFrom(values$);
    expect(inputs.emitted).toBe(1_000);
    expect(inputs.most).toBe(6);
  });

  it('let no more be pulled while they do not move at all', async () => {
    const board = new Board();
    const inputs = new Counted(1_000);
    const held$ = mergeFrom(inputs, () => of({ board: board.cells }), { concurrency: 4 }).pipe(
      mapInWorker(jobs, { name: 'held', concurrency: 2 }),
    );
    const subscription = held$.subscribe();
    await board.whenBegun(2);
    expect(inputs.taken).toBe(6);
    subscription.unsubscribe();
  });

  it('hold back the pull of a loop that leaves', async () => {
    const inputs = new Counted(1_000);
    const values$ = fetchFrom(inputs, { transport, concurrency: 4, project: ({ url }) => url }).pipe(
      successes(),
      mapInWorker(jobs, slow),
    );
    for await (const value of toAsyncIterable(values$)) {
      expect(value).toBeDefined();
      break;
    }
    // one taken by the loop; three that wait for it, and five in slots and threads, when the last was pulled
    expect(inputs.taken).toBeLessThanOrEqual(10);
  });

  it('do not keep the other pipelines of the program from pulling', async () => {
    const board = new Board();
    const subscription = mergeFrom(new Counted(10), () => of({ board: board.cells }), { concurrency: 1 })
      .pipe(mapInWorker(jobs, { name: 'held', concurrency: 1 }))
      .subscribe();
    await board.whenBegun(1);
    let records = 0;
    for await (const result of iterate(new Counted(50), { transport })) if (result.ok) records++;
    expect(records).toBe(50);
    subscription.unsubscribe();
  });
});
