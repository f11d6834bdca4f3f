import { map, Observable, of, range, Subject, take, takeUntil, type OperatorFunction } from 'rxjs';
import {
  catchFailure,
  createFetcher,
  fetchEach,
  fetchFrom,
  inOrder,
  iterate,
  mapSuccess,
  mergeFrom,
  successes,
  tapResult,
  toAsyncIterable,
  toFirstSuccess,
  type FetchResult,
  type Page,
} from 'sluice';
import { page } from 'sluice/testing';
import { describe, expect, it } from 'vitest';
import { leavesNothingBehind } from '../support/leaks.js';
import { expectsNothingUnhandled } from './unhandled.js';

const concurrency = 4;

/** Where nobody stops it, it stops by itself, and the test fails instead of hanging. */
const enough = 10_000;

/** A source without an end, all at once; counts what it gave. */
class Firehose {
  given = 0;
  stopped = false;

  *generator(): Generator<string> {
    try {
      while (this.given < enough) yield `http://h/${this.given++}`;
    } finally {
      this.stopped = true;
    }
  }

  readonly observable = new Observable<string>((subscriber) => {
    while (!subscriber.closed && this.given < enough) subscriber.next(`http://h/${this.given++}`);
    this.stopped = true;
  });
}

/** A transport that answers in the very call; counts how often it was asked. */
class Net {
  asked = 0;
  readonly transport = (): Observable<Page> => {
    this.asked++;
    return of(page('http://h/'));
  };
}

type Open = (firehose: Firehose, net: Net) => Observable<FetchResult>;

/** Those that pull may have as many more under way as there are slots; those that are pushed at, none. */
const pipelines: Readonly<Record<string, readonly [open: Open, ahead: number]>> = {
  fetchFrom: [
    (firehose, { transport }) => fetchFrom(firehose.generator(), { concurrency, transport }),
    concurrency,
  ],
  'fetcher.fetchFrom': [
    (firehose, { transport }) => createFetcher({ concurrency, transport }).fetchFrom(firehose.generator()),
    concurrency,
  ],
  fetchEach: [
    (firehose, { transport }) => firehose.observable.pipe(fetchEach({ concurrency, transport })),
    0,
  ],
  'fetcher.fetchEach': [
    (firehose, { transport }) =>
      firehose.observable.pipe(createFetcher({ concurrency, transport }).fetchEach()),
    0,
  ],
};

const same: OperatorFunction<FetchResult, unknown> = (records$) => records$;

const operators: Readonly<Record<string, OperatorFunction<FetchResult, unknown>>> = {
  'nothing else': same,
  mapSuccess: mapSuccess(({ status }) => status),
  'mapSuccess to an Observable': mapSuccess(({ status }) => of(status)),
  catchFailure: catchFailure(() => 0),
  tapResult: tapResult(() => undefined),
  successes: successes(),
  inOrder: inOrder(),
  'inOrder with a window of 1': inOrder({ window: 1 }),
};

describe.each(Object.keys(pipelines))('%s over a source without an end', (name) => {
  leavesNothingBehind();
  expectsNothingUnhandled();

  const [open, ahead] = pipelines[name] as readonly [Open, number];

  it.each(Object.keys(operators))('stops at take(3) behind %s', (operator) => {
    const firehose = new Firehose();
    const net = new Net();
    const seen: unknown[] = [];
    const operate = operators[operator] ?? same;
    open(firehose, net)
      .pipe(operate, take(3))
      .subscribe((value) => seen.push(value));
    expect(seen).toHaveLength(3);
    expect(firehose.stopped).toBe(true);
    expect(firehose.given).toBeLessThanOrEqual(3 + ahead);
    expect(net.asked).toBeLessThanOrEqual(3 + ahead);
  });

  it('stops at the first success that toFirstSuccess finds', () => {
    const firehose = new Firehose();
    const net = new Net();
    open(firehose, net).pipe(toFirstSuccess()).subscribe();
    expect(firehose.stopped).toBe(true);
    expect(firehose.given).toBeLessThanOrEqual(1 + ahead);
  });

  it('stops when somebody unsubscribes at a record, or has enough by a notifier', () => {
    const firehose = new Firehose();
    const net = new Net();
    const enoughOfIt = new Subject<void>();
    let seen = 0;
    open(firehose, net)
      .pipe(takeUntil(enoughOfIt))
      .subscribe(() => {
        if (++seen === 5) enoughOfIt.next();
      });
    expect(seen).toBe(5);
    expect(firehose.given).toBeLessThanOrEqual(5 + ahead);
  });
});

describe('fetchFrom', () => {
  leavesNothingBehind();
  expectsNothingUnhandled();

  it('stops at take(3) when no input of a source without an end is valid', () => {
    let given = 0;
    function* nonsense(): Generator<string> {
      while (given < enough) yield `nonsense ${given++}`;
    }
    fetchFrom(nonsense(), { concurrency }).pipe(take(3)).subscribe();
    expect(given).toBeLessThanOrEqual(3 + concurrency);
  });

  it('stops when the signal is aborted at a record', () => {
    const firehose = new Firehose();
    const controller = new AbortController();
    let records = 0;
    let completed = false;
    fetchFrom(firehose.generator(), {
      concurrency,
      transport: new Net().transport,
      signal: controller.signal,
    }).subscribe({
      next: () => {
        if (++records === 3) controller.abort();
      },
      complete: () => (completed = true),
    });
    expect(completed).toBe(true);
    expect([records, firehose.stopped]).toEqual([firehose.given, true]);
    expect(records).toBeLessThanOrEqual(3 + concurrency);
  });

  it('stops pulling when drain is aborted at a record, and finishes what it has', () => {
    const firehose = new Firehose();
    const drain = new AbortController();
    let records = 0;
    let completed = false;
    fetchFrom(firehose.generator(), {
      concurrency,
      transport: new Net().transport,
      drain: drain.signal,
    }).subscribe({
      next: () => {
        if (++records === 3) drain.abort();
      },
      complete: () => (completed = true),
    });
    expect([completed, firehose.stopped]).toEqual([true, true]);
    expect(records).toBe(firehose.given);
    expect(records).toBeLessThanOrEqual(3 + concurrency);
  });
});

describe('mergeFrom', () => {
  leavesNothingBehind();
  expectsNothingUnhandled();

  it('stops at take(3) in the middle of an inner Observable without an end', () => {
    let emitted = 0;
    const forEver$ = new Observable<number>((subscriber) => {
      while (!subscriber.closed && emitted < enough) subscriber.next(emitted++);
    });
    const seen: number[] = [];
    mergeFrom(['one', 'two'], () => forEver$)
      .pipe(take(3))
      .subscribe((value) => seen.push(value));
    expect(seen).toEqual([0, 1, 2]);
    expect(emitted).toBeLessThanOrEqual(4);
  });

  it('stops at take(3) in a source without an end', () => {
    const firehose = new Firehose();
    mergeFrom(firehose.generator(), (url) => of(url), { concurrency })
      .pipe(take(3))
      .subscribe();
    expect(firehose.stopped).toBe(true);
    expect(firehose.given).toBeLessThanOrEqual(3 + concurrency);
  });

  it('stops at take(3) in an iterable that an inner Observable iterates over', () => {
    const firehose = new Firehose();
    mergeFrom([1], () => firehose.generator())
      .pipe(take(3))
      .subscribe();
    expect(firehose.stopped).toBe(true);
    expect(firehose.given).toBeLessThanOrEqual(4);
  });
});

describe('a for await loop', () => {
  leavesNothingBehind();
  expectsNothingUnhandled();

  it('over a source without an end takes no more than it needs', async () => {
    const firehose = new Firehose();
    const net = new Net();
    let seen = 0;
    for await (const { ok } of iterate(firehose.generator(), { concurrency, transport: net.transport })) {
      if (ok && ++seen === 3) break;
    }
    expect([seen, firehose.stopped]).toEqual([3, true]);
    expect(firehose.given).toBeLessThanOrEqual(3 + concurrency);
  });

  it('over fetchEach asks no more of the transport than it needs', async () => {
    const net = new Net();
    let seen = 0;
    const records$ = range(0, 300).pipe(
      map((number) => `http://h/${number}`),
      fetchEach({ concurrency, transport: net.transport }),
    );
    for await (const { ok } of toAsyncIterable(records$)) {
      if (ok && ++seen === 3) break;
    }
    expect(seen).toBe(3);
    expect(net.asked).toBeLessThanOrEqual(3 + concurrency);
  });
});
