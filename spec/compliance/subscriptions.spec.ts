import { BehaviorSubject, defer, from, Observable, of } from 'rxjs';
import {
  catchFailure,
  createFetcher,
  failures,
  fetchEach,
  fetchFrom,
  fetchPage,
  inOrder,
  mapSuccess,
  mergeFrom,
  successes,
  tapResult,
  toAsyncIterable,
  toBatch,
  toBatchOrThrow,
  toFirstSuccess,
  type FetchInput,
  type FetchOptions,
  type FetchResult,
} from 'sluice';
import { page } from 'sluice/testing';
import { describe, expect, it } from 'vitest';
import { leavesNothingBehind, listenersOf } from '../support/leaks.js';
import { Net, urls } from './net.js';
import { expectsNothingUnhandled } from './unhandled.js';
import { turn } from './virtual-clock.js';

type Records$ = Observable<FetchResult<unknown>>;

/** Inputs that can be had again and again, and say how often they were asked for. */
class Inputs {
  opened = 0;

  iterable(): Iterable<FetchInput> {
    return {
      [Symbol.iterator]: () => {
        this.opened++;
        return urls(5)[Symbol.iterator]();
      },
    };
  }

  asyncIterable(): AsyncIterable<FetchInput> {
    return {
      [Symbol.asyncIterator]: () => {
        this.opened++;
        return (async function* () {
          yield* urls(5);
        })();
      },
    };
  }

  observable(): Observable<FetchInput> {
    return defer(() => {
      this.opened++;
      return from(urls(5));
    });
  }
}

/** Each gives one Observable, which is subscribed to more than once. */
const repeatable: Readonly<Record<string, (inputs: Inputs, options: FetchOptions) => Records$>> = {
  'fetchFrom an iterable': (inputs, options) => fetchFrom(inputs.iterable(), options),
  'fetchFrom an async iterable': (inputs, options) => fetchFrom(inputs.asyncIterable(), options),
  fetchEach: (inputs, options) => inputs.observable().pipe(fetchEach(options)),
  'fetcher.fetchFrom': (inputs, { signal, events, ...shared }) =>
    createFetcher(shared).fetchFrom(inputs.iterable(), {
      ...(signal && { signal }),
      ...(events && { events }),
    }),
  'fetcher.fetchEach': (inputs, { signal, events, ...shared }) =>
    inputs
      .observable()
      .pipe(createFetcher(shared).fetchEach({ ...(signal && { signal }), ...(events && { events }) })),
};

describe.each(Object.keys(repeatable))('%s', (name) => {
  const abortController = leavesNothingBehind();
  expectsNothingUnhandled();

  function open(options: FetchOptions = {}): { inputs: Inputs; net: Net; records$: Records$ } {
    const inputs = new Inputs();
    const net = new Net();
    const records$ = repeatable[name]?.(inputs, { transport: net.transport, ...options });
    if (!records$) throw new Error(name);
    return { inputs, net, records$ };
  }

  it('does nothing before it is subscribed', async () => {
    const controller = abortController();
    const concurrency = new BehaviorSubject(2);
    const events: unknown[] = [];
    const { inputs, net } = open({
      concurrency,
      signal: controller.signal,
      drain: controller.signal,
      events: { next: (event) => events.push(event) },
    });
    await turn();
    expect([inputs.opened, net.asked, events.length]).toEqual([0, 0, 0]);
    expect([concurrency.observed, listenersOf(controller.signal)]).toEqual([false, 0]);
  });

  it('gives two who subscribe at once a full set of records each', async () => {
    const { inputs, net, records$ } = open();
    const first: number[] = [];
    const second: number[] = [];
    records$.subscribe(({ index }) => first.push(index));
    records$.subscribe(({ index }) => second.push(index));
    for (let round = 0; round < 10; round++) {
      await turn();
      net.answerAll();
    }
    expect([first, second]).toEqual([
      [0, 1, 2, 3, 4],
      [0, 1, 2, 3, 4],
    ]);
    expect([inputs.opened, net.asked]).toEqual([2, 10]);
  });

  it('gives two who subscribe in turn a full set of records each', async () => {
    const { net, records$ } = open();
    for (let round = 1; round <= 2; round++) {
      const seen: number[] = [];
      let completed = false;
      records$.subscribe({ next: ({ index }) => seen.push(index), complete: () => (completed = true) });
      for (let answers = 0; answers < 10; answers++) {
        await turn();
        net.answerAll();
      }
      expect(seen).toEqual([0, 1, 2, 3, 4]);
      expect([completed, net.asked]).toEqual([true, 5 * round]);
    }
  });

  it('does not mind that another subscription is left', async () => {
    const { net, records$ } = open();
    const seen: number[] = [];
    const other = records$.subscribe();
    records$.subscribe(({ index }) => seen.push(index));
    await turn();
    other.unsubscribe();
    for (let answers = 0; answers < 10; answers++) {
      await turn();
      net.answerAll();
    }
    expect(seen).toEqual([0, 1, 2, 3, 4]);
  });
});

const records: readonly FetchResult<number>[] = [2, 0, 3, 1].map((index) => {
  const settled = { index, request: { url: `http://h/${index}` }, attempts: 1, waited: 0, duration: 0 };
  return { ...settled, ok: true, value: index };
});

/** Made once and used for everything, as operators are. */
const operators: Readonly<
  Record<string, (records$: Observable<FetchResult<number>>) => Observable<unknown>>
> = {
  catchFailure: catchFailure(() => 0),
  failures: failures(),
  inOrder: inOrder(),
  mapSuccess: mapSuccess((value: number) => value + 1),
  successes: successes(),
  tapResult: tapResult(() => undefined),
  toBatch: toBatch(),
  toBatchOrThrow: toBatchOrThrow(),
  toFirstSuccess: toFirstSuccess(),
};

function all(values$: Observable<unknown>): unknown[] {
  const seen: unknown[] = [];
  values$.subscribe((value) => seen.push(value));
  return seen;
}

describe.each(Object.keys(operators))('%s', (name) => {
  leavesNothingBehind();
  expectsNothingUnhandled();

  const operate = operators[name] as (records$: Observable<FetchResult<number>>) => Observable<unknown>;

  it('does nothing before it is subscribed', () => {
    let subscribed = false;
    void operate(
      defer(() => {
        subscribed = true;
        return from(records);
      }),
    );
    expect(subscribed).toBe(false);
  });

  it('remembers nothing of one subscription in the next', () => {
    const once = all(operate(from(records)));
    const result$ = operate(from(records));
    expect([all(result$), all(result$)]).toEqual([once, once]);
  });

  it('keeps two subscriptions at once apart', () => {
    const [first, second] = [records.slice(0, 2), records.slice(2)];
    const source$ = new Observable<FetchResult<number>>((subscriber) => {
      for (const record of first) subscriber.next(record);
      inner.push(...all(operate(from(records))));
      for (const record of second) subscriber.next(record);
      subscriber.complete();
    });
    const inner: unknown[] = [];
    const outer = all(operate(source$));
    const alone = all(operate(from(records)));
    expect(outer).toEqual(alone);
    if (name !== 'toFirstSuccess') expect(inner).toEqual(alone); // which had enough before the others came
  });
});

describe('fetchPage', () => {
  leavesNothingBehind();

  it('fetches nothing before it is subscribed, and once for each subscription', () => {
    let asked = 0;
    const page$ = fetchPage('http://a/', {
      transport: () => {
        asked++;
        return of(page('http://a/'));
      },
    });
    expect(asked).toBe(0);
    all(page$);
    all(page$);
    expect(asked).toBe(2);
  });
});

describe('mergeFrom', () => {
  leavesNothingBehind();

  it('pulls nothing before it is subscribed, and all of it for each subscription', () => {
    const inputs = new Inputs();
    const merged$ = mergeFrom(inputs.iterable(), (url, index) => of([index, url]));
    expect(inputs.opened).toBe(0);
    const once = all(merged$);
    expect(once).toHaveLength(5);
    expect(all(merged$)).toEqual(once);
    expect(inputs.opened).toBe(2);
  });
});

describe('toAsyncIterable', () => {
  leavesNothingBehind();

  it('subscribes when it is asked for the first record, once for each loop', async () => {
    let subscribed = 0;
    const iterable = toAsyncIterable(
      defer(() => {
        subscribed++;
        return of(1, 2, 3);
      }),
    );
    const iterator = iterable[Symbol.asyncIterator]();
    expect(subscribed).toBe(0);
    await iterator.next();
    expect(subscribed).toBe(1);
    const seen: number[] = [];
    for await (const value of iterable) seen.push(value);
    expect([seen, subscribed]).toEqual([[1, 2, 3], 2]);
    expect(await iterator.next()).toEqual({ done: false, value: 2 });
  });
});
