import { asyncScheduler, concat, NEVER, Observable, of, Subject, throwError } from 'rxjs';
import {
  createFetcher,
  fetchEach,
  fetchFrom,
  inOrder,
  iterate,
  mergeFrom,
  tapResult,
  toBatch,
  type FetchInput,
  type FetchOptions,
  type FetchResult,
  type Pullable,
} from 'sluice';
import { describe, expect, it } from 'vitest';
import { leavesNothingBehind } from '../support/leaks.js';
import { Net, urls } from './net.js';
import { Deliberate, expectsNothingUnhandled } from './unhandled.js';
import { turn, VirtualClock } from './virtual-clock.js';

const broken = new Error('the source broke');

function broke(): never {
  throw broken;
}

/** Two URLs and then an error, in every form in which there can be one. */
const pullables: Readonly<Record<string, () => Pullable<FetchInput>>> = {
  'a generator that throws': function* () {
    yield* urls(2);
    broke();
  },
  'an iterator whose next() throws': () => {
    const left = urls(2);
    return {
      [Symbol.iterator]: () => ({
        next: () => (left.length > 0 ? { done: false as const, value: left.shift() ?? '' } : broke()),
      }),
    };
  },
  'an async generator that throws': async function* () {
    yield* urls(2);
    broke();
  },
  'an async iterator whose next() throws in the call': () => {
    const left = urls(2);
    return {
      [Symbol.asyncIterator]: () => ({
        next: () =>
          left.length > 0 ? Promise.resolve({ done: false as const, value: left.shift() ?? '' }) : broke(),
      }),
    };
  },
  'an iterator whose result throws when it is read': () => {
    const left = urls(2);
    return {
      [Symbol.iterator]: () => ({
        next: () =>
          left.length > 0
            ? { done: false as const, value: left.shift() ?? '' }
            : {
                done: false as const,
                get value() {
                  return broke();
                },
              },
      }),
    };
  },
  'an async iterator whose result throws when it is read': () => {
    const left = urls(2);
    return {
      [Symbol.asyncIterator]: () => ({
        next: async () =>
          left.length > 0
            ? { done: false as const, value: left.shift() ?? '' }
            : {
                get done() {
                  return broke();
                },
                value: '',
              },
      }),
    };
  },
  'a ReadableStream that errors': () => {
    const left = urls(2);
    return new ReadableStream<string>(
      {
        pull: (controller) => {
          if (left.length > 0) controller.enqueue(left.shift() ?? '');
          else controller.error(broken);
        },
      },
      { highWaterMark: 0 },
    );
  },
};

const never = (): Observable<never> => NEVER;

const started: Readonly<Record<string, (options: FetchOptions) => Observable<FetchResult<unknown>>>> = {
  ...Object.fromEntries(
    Object.entries(pullables).flatMap(([name, make]) => [
      [`fetchFrom ${name}`, (options: FetchOptions) => fetchFrom(make(), options)],
      [
        `fetcher.fetchFrom ${name}`,
        ({ concurrency = 16, transport = never, scheduler = asyncScheduler, ...own }: FetchOptions) =>
          createFetcher({ concurrency, transport, scheduler }).fetchFrom(make(), own),
      ],
    ]),
  ),
  'fetchEach of an Observable that errors': (options) =>
    concat(
      of(...urls(2)),
      throwError(() => broken),
    ).pipe(fetchEach(options)),
};

interface Seen {
  readonly indices: number[];
  readonly ends: unknown[];
}

function watch(records$: Observable<FetchResult<unknown>>): Seen {
  const seen: Seen = { indices: [], ends: [] };
  records$.subscribe({
    next: ({ index }) => seen.indices.push(index),
    error: (error) => seen.ends.push(error),
    complete: () => seen.ends.push('complete'),
  });
  return seen;
}

describe.each(Object.keys(started))('%s', (name) => {
  leavesNothingBehind();
  expectsNothingUnhandled();

  const start = started[name] as (options: FetchOptions) => Observable<FetchResult<unknown>>;

  it('errors the results after what is in flight has settled', async () => {
    const net = new Net();
    const seen = watch(start({ transport: net.transport, concurrency: 5 }));
    await turn();
    expect([net.inFlight, seen.ends]).toEqual([2, []]);
    net.answer();
    await turn();
    expect(seen).toEqual({ indices: [0], ends: [] });
    net.answer(404);
    await turn();
    expect(seen).toEqual({ indices: [0, 1], ends: [broken] });
  });

  it('errors the results after what waits for a retry has settled', async () => {
    const net = new Net();
    const retry = { limit: 1, backoff: () => 1 };
    const scheduler = new VirtualClock();
    const seen = watch(start({ transport: net.transport, concurrency: 5, retry, scheduler }));
    await turn();
    net.answerAll(503);
    await turn();
    expect([net.inFlight, seen]).toEqual([0, { indices: [], ends: [] }]);
    scheduler.step();
    net.answerAll();
    await turn();
    expect(seen).toEqual({ indices: [0, 1], ends: [broken] });
  });

  it('errors the results once when the signal is aborted meanwhile', async () => {
    const controller = new AbortController();
    const seen = watch(start({ transport: () => NEVER, concurrency: 5, signal: controller.signal }));
    await turn();
    controller.abort();
    controller.abort();
    expect(seen).toEqual({ indices: [0, 1], ends: [broken] });
  });
});

describe('a source', () => {
  leavesNothingBehind();
  expectsNothingUnhandled();

  const net = new Net();

  it.each<[string, Pullable<FetchInput>]>([
    ['[Symbol.iterator]() throws', { [Symbol.iterator]: broke }],
    ['[Symbol.asyncIterator]() throws', { [Symbol.asyncIterator]: broke }],
    ['getReader() throws', { getReader: broke } as unknown as ReadableStream<string>],
  ])('whose %s errors the results', async (_, inputs) => {
    const seen = watch(fetchFrom(inputs, { transport: net.transport }));
    await turn();
    expect(seen).toEqual({ indices: [], ends: [broken] });
  });

  it.each([undefined, null, 5, 'text'])(
    'whose iterator returns %j errors the results with a TypeError',
    async (step) => {
      const iterator = { next: () => step };
      const asyncIterator = { next: async () => step };
      for (const inputs of [
        { [Symbol.iterator]: () => iterator },
        { [Symbol.asyncIterator]: () => asyncIterator },
      ]) {
        const seen = watch(fetchFrom(inputs as unknown as Iterable<string>, { transport: net.transport }));
        await turn();
        expect(seen.ends).toEqual([expect.any(TypeError)]);
      }
    },
  );

  it('that breaks leaves the fetcher to its other pipelines', async () => {
    const fetcher = createFetcher({ concurrency: 1, transport: net.transport });
    for (const make of Object.values(pullables)) {
      const broke = watch(fetcher.fetchFrom(make()));
      const other = watch(fetcher.fetchFrom(urls(3)));
      for (let round = 0; round < 10; round++) {
        await turn();
        net.answerAll();
      }
      expect(broke).toEqual({ indices: [0, 1], ends: [broken] });
      expect(other).toEqual({ indices: [0, 1, 2], ends: ['complete'] });
    }
  });

  it('that breaks while it waits to be asked errors a for await loop after what it gave was taken', async () => {
    const seen: number[] = [];
    const inputs = pullables['a generator that throws']?.() ?? [];
    const loop = async (): Promise<void> => {
      for await (const { index } of iterate(inputs, { transport: net.transport })) seen.push(index);
    };
    const over = loop();
    over.catch(() => undefined);
    await turn();
    net.answerAll();
    await expect(over).rejects.toBe(broken);
    expect(seen).toEqual([0, 1]);
  });

  it('that breaks errors mergeFrom after its inner Observables are done', () => {
    const inners = [new Subject<string>(), new Subject<string>()];
    const seen: unknown[] = [];
    function* inputs(): Generator<number> {
      yield 0;
      yield 1;
      broke();
    }
    mergeFrom(inputs(), (index) => inners[index] ?? NEVER).subscribe({
      next: (value) => seen.push(value),
      error: (error) => seen.push(error),
    });
    inners[0]?.next('a');
    inners[0]?.complete();
    expect(seen).toEqual(['a']);
    inners[1]?.next('b');
    inners[1]?.complete();
    expect(seen).toEqual(['a', 'b', broken]);
  });

  it('that breaks lets inOrder pass on what it holds', async () => {
    function* inputs(): Generator<string> {
      yield* urls(3);
      broke();
    }
    const held = new Net();
    const seen = watch(fetchFrom(inputs(), { transport: held.transport }).pipe(inOrder()));
    held.answer(200, 'http://h/2');
    held.answer(200, 'http://h/1');
    expect(seen).toEqual({ indices: [], ends: [] });
    held.answer();
    expect(seen).toEqual({ indices: [0, 1, 2], ends: [broken] });
  });
});

describe('an observer that throws', () => {
  leavesNothingBehind();
  expectsNothingUnhandled();

  const deliberately = (): never => {
    throw new Deliberate('an observer');
  };

  /** Records of three URLs, the last one invalid, through a pipeline that has much to tell. */
  function records$(options: FetchOptions): Observable<FetchResult<unknown>> {
    let asked = 0;
    const net = new Net();
    const transport: FetchOptions['transport'] = (request) => {
      if (asked++ === 0) throw Object.assign(new Error('reset'), { code: 'ECONNRESET' });
      setImmediate(() => {
        net.answerAll();
      });
      return net.transport(request);
    };
    return fetchFrom([...urls(2), 'nonsense'], {
      transport,
      retry: { limit: 1, backoff: () => 0 },
      ...options,
    });
  }

  async function batchOf(results$: Observable<FetchResult<unknown>>): Promise<unknown> {
    const batch = await new Promise<FetchResult<unknown>[]>((resolve) =>
      results$.pipe(toBatch()).subscribe(resolve),
    );
    return batch.map(({ ok, index, attempts }) => ({ ok, index, attempts }));
  }

  it('of events changes nothing', async () => {
    const types: string[] = [];
    const quiet = await batchOf(records$({ events: { next: ({ type }) => types.push(type) } }));
    const thrown: string[] = [];
    const events = {
      next: ({ type }: { type: string }) => {
        thrown.push(type);
        return deliberately();
      },
    };
    expect(await batchOf(records$({ events }))).toEqual(quiet);
    expect(thrown).toEqual(types);
    expect(new Set(types)).toEqual(new Set(['pull', 'start', 'wait', 'settle']));
  });

  it('of records gets the others all the same', async () => {
    const seen: number[] = [];
    let completed: () => void;
    const end = new Promise<void>((resolve) => (completed = resolve));
    records$({}).subscribe({
      next: ({ index }) => {
        seen.push(index);
        deliberately();
      },
      complete: () => {
        completed();
        deliberately();
      },
    });
    await end;
    expect(seen.sort()).toEqual([0, 1, 2]);
  });

  it('in tapResult costs its record alone', async () => {
    const look = ({ index }: FetchResult<unknown>): void => {
      if (index === 1) deliberately();
    };
    const batch = (await batchOf(records$({}).pipe(tapResult(look)))) as { ok: boolean }[];
    expect(batch.map(({ ok }) => ok)).toEqual([true, false, false]);
  });

  it.each(['error', 'complete'])('is never told %s by the events', async (end) => {
    const controller = new AbortController();
    const told: string[] = [];
    const events = { next: () => undefined, [end]: () => told.push(end) };
    await batchOf(records$({ events }));
    watch(records$({ events, signal: controller.signal }));
    controller.abort();
    await turn();
    expect(told).toEqual([]);
  });
});
