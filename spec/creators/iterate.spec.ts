import { mergeMap, of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { iterate, toAsyncIterable } from '../../lib/creators/async-iterable.js';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import { mapSuccess } from '../../lib/operators/map-success.js';
import { page } from '../../lib/testing/index.js';
import { settled, Switchboard } from '../support/switchboard.js';

const urls = ['http://a/', 'http://b/', 'http://c/', 'http://d/', 'http://e/'];
const atOnce = { transport: ({ url }: { url: string | URL }) => of(page(String(url))) };

/** Inputs that count how many were taken, and whether they were left. */
class Taken {
  count = 0;
  returned = false;

  *[Symbol.iterator](): Generator<string> {
    try {
      for (const url of urls) {
        this.count++;
        yield url;
      }
    } finally {
      this.returned = true;
    }
  }
}

describe('iterate', () => {
  it('gives a loop one record for each input', async () => {
    const seen: unknown[] = [];
    for await (const result of iterate(urls, atOnce)) seen.push(result.ok && result.value.url);
    expect(seen).toEqual(urls);
  });

  it('gives failures as records, too', async () => {
    const kinds: unknown[] = [];
    for await (const result of iterate(['nowhere'])) kinds.push(result.ok ? 'ok' : result.error.kind);
    expect(kinds).toEqual(['invalid']);
  });

  it('pulls nothing until the loop begins', async () => {
    const inputs = new Taken();
    const results = iterate(inputs, atOnce);
    await settled();
    expect(inputs.count).toBe(0);
    await results[Symbol.asyncIterator]().next();
    expect(inputs.count).toBeGreaterThan(0);
  });

  it('pulls no more than `concurrency` inputs whose records nobody has taken', async () => {
    const inputs = new Taken();
    const iterator = iterate(inputs, { ...atOnce, concurrency: 2 })[Symbol.asyncIterator]();
    await iterator.next();
    await settled();
    expect(inputs.count).toBe(3); // one taken, two that wait to be
    await iterator.next();
    await settled();
    expect(inputs.count).toBe(4);
    await iterator.next();
    await iterator.next();
    await iterator.next();
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    expect(inputs.count).toBe(5);
  });

  it('counts what is in flight like what waits to be taken', async () => {
    const board = new Switchboard();
    const iterator = iterate(urls, { transport: board.transport, concurrency: 2 })[Symbol.asyncIterator]();
    const first = iterator.next();
    expect(board.asked).toHaveLength(2);
    board.answer('http://b/');
    expect(await first).toMatchObject({ value: { index: 1 } });
    expect(board.asked).toHaveLength(3);
    board.answer('http://a/');
    await settled();
    expect(board.asked).toHaveLength(3); // a waits to be taken, c is in flight
    await iterator.next();
    expect(board.asked).toHaveLength(4);
    await iterator.return?.();
  });

  it('aborts what is in flight and leaves the inputs when the loop is left', async () => {
    const inputs = new Taken();
    const board = new Switchboard();
    const results = iterate(inputs, { transport: board.transport, concurrency: 2 });
    const looping = (async () => {
      for await (const result of results) return result.index;
      return undefined;
    })();
    await settled();
    board.answer('http://a/');
    expect(await looping).toBe(0);
    expect(inputs.returned).toBe(true);
    expect(board.asked.filter((url) => board.isOpen(url))).toEqual([]);
  });

  it('throws the error of the inputs after the records before it', async () => {
    function* broken(): Generator<string> {
      yield 'http://a/';
      throw new Error('line 2 is missing');
    }
    const seen: number[] = [];
    const looping = async (): Promise<void> => {
      for await (const { index } of iterate(broken(), atOnce)) seen.push(index);
    };
    await expect(looping()).rejects.toThrow('line 2 is missing');
    expect(seen).toEqual([0]);
  });

  it('checks what it is given when it is called', () => {
    expect(() => iterate(urls, { concurrency: 'many' as never })).toThrow(
      'iterate: expected `concurrency` to be an integer from 1 up, or an Observable of them, got "many" (string)',
    );
    expect(() => iterate('http://a/' as never)).toThrow('iterate: expected inputs to be an iterable of URLs');
  });
});

describe('toAsyncIterable of a pipeline', () => {
  it('slows the pull through the operators that lie between', async () => {
    const inputs = new Taken();
    const results$ = fetchFrom(inputs, { ...atOnce, concurrency: 1 }).pipe(
      mapSuccess(({ status }) => status),
      mergeMap((result) => of(result)),
    );
    const iterator = toAsyncIterable(results$)[Symbol.asyncIterator]();
    await iterator.next();
    await settled();
    expect(inputs.count).toBe(2);
    await iterator.return?.();
    expect(inputs.returned).toBe(true);
  });

  it('slows one loop and not what else subscribes to the same pipeline', async () => {
    const results$ = fetchFrom({ [Symbol.iterator]: () => urls.values() }, { ...atOnce, concurrency: 1 });
    const iterator = toAsyncIterable(results$)[Symbol.asyncIterator]();
    await iterator.next();
    let records = 0;
    results$.subscribe(() => records++);
    expect(records).toBe(urls.length);
    await iterator.return?.();
  });
});
