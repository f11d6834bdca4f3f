import { from, NEVER, Observable, Subject, take, throwError } from 'rxjs';
import {
  createFetcher,
  fetchEach,
  fetchFrom,
  inOrder,
  iterate,
  mapSuccess,
  mergeFrom,
  toAsyncIterable,
  toBatch,
  toBatchOrThrow,
  toFirstSuccess,
  type FetchOptions,
  type FetchResult,
} from 'sluice';
import { describe, expect, it } from 'vitest';
import { leavesNothingBehind, listenersOf } from '../support/leaks.js';
import { Feed, type Ending, type Farewell } from './feed.js';
import { Net, urls } from './net.js';
import { startingPoint, startingPointNames, type StartingPointName } from './starting-points.js';
import { expectsNothingUnhandled } from './unhandled.js';
import { turn } from './virtual-clock.js';

const concurrency = 3;

interface Opened {
  readonly feed: Feed;
  readonly net: Net;
  readonly records$: Observable<FetchResult<unknown>>;
}

/** A starting point over ten inputs, in real time: what happens is what the test does. */
function open(
  name: StartingPointName,
  { size = 10, ending = 'completes', farewell = 'returns', ...options }: Partial<Setup> = {},
): Opened {
  const net = new Net();
  const feed = new Feed(
    urls(size).map((url) => () => url),
    ending,
    farewell,
    0,
    { at: () => undefined, handed: () => undefined, after: () => () => undefined },
  );
  const shared = { concurrency, transport: net.transport };
  const records$ = startingPoint(name).start({
    feed,
    options: { ...shared, ...options },
    fetcher: createFetcher(shared),
    body: () => Promise.resolve(),
  });
  return { feed, net, records$ };
}

interface Setup extends FetchOptions<unknown> {
  readonly size: number;
  readonly ending: Ending;
  readonly farewell: Farewell;
}

/** What else may stand at the end of a pipeline that is left. */
const ends: Readonly<Record<string, (records$: Observable<FetchResult<unknown>>) => Observable<unknown>>> = {
  'by itself': (records$) => records$,
  'behind mapSuccess': (records$) => records$.pipe(mapSuccess((value) => value)),
  'behind inOrder': (records$) => records$.pipe(inOrder()),
  'behind toBatch': (records$) => records$.pipe(toBatch()),
  'behind toFirstSuccess': (records$) => records$.pipe(toFirstSuccess()),
  'behind toBatchOrThrow': (records$) => records$.pipe(toBatchOrThrow()),
};

describe.each(startingPointNames)('%s', (name) => {
  const abortController = leavesNothingBehind();
  expectsNothingUnhandled();

  it.each(Object.keys(ends))(
    'aborts everything in flight and lets go of its inputs once when left %s',
    async (end) => {
      const controller = abortController();
      const { feed, net, records$ } = open(name, { signal: controller.signal });
      const subscription = ends[end]?.(records$).subscribe();
      await turn();
      expect(net.inFlight).toBe(concurrency);
      expect(feed.leftEarly).toBe(0);
      subscription?.unsubscribe();
      expect(net.inFlight).toBe(0);
      expect(listenersOf(controller.signal)).toBe(0);
      await turn();
      expect(feed.leftEarly).toBe(feed.ended ? 0 : 1);
      expect(net.asked).toBe(concurrency);
    },
  );

  it('does the same when the signal is aborted, with a record for all that was pulled', async () => {
    const controller = abortController();
    const { feed, net, records$ } = open(name, { signal: controller.signal });
    const kinds: string[] = [];
    let completed = false;
    records$.subscribe({
      next: (result) => kinds.push(result.ok ? 'ok' : result.error.kind),
      complete: () => (completed = true),
    });
    await turn();
    controller.abort();
    expect(net.inFlight).toBe(0);
    await turn();
    expect(completed).toBe(true);
    expect(kinds).toEqual(feed.given.map(() => 'cancelled'));
    expect(feed.leftEarly).toBe(feed.ended ? 0 : 1);
    expect(net.asked).toBe(concurrency);
  });

  it('says no goodbye to inputs that have come to their end', async () => {
    const { feed, net, records$ } = open(name, { size: 2 });
    const subscription = records$.subscribe();
    await turn();
    subscription.unsubscribe();
    await turn();
    expect([feed.ended, feed.leftEarly, net.inFlight]).toEqual([true, 0, 0]);
  });

  it('says no goodbye to inputs that have broken', async () => {
    const { feed, net, records$ } = open(name, { size: 2, ending: 'throws' });
    const subscription = records$.subscribe({ error: () => undefined });
    await turn();
    subscription.unsubscribe();
    await turn();
    expect([feed.ended, feed.leftEarly, net.inFlight]).toEqual([true, 0, 0]);
  });

  it.each<Farewell>(['throws', 'is absent'])(
    'is torn down all the same when return() %s',
    async (farewell) => {
      const { feed, net, records$ } = open(name, { farewell });
      let ended = false;
      const subscription = records$.subscribe({
        error: () => (ended = true),
        complete: () => (ended = true),
      });
      await turn();
      subscription.unsubscribe();
      await turn();
      expect([net.inFlight, ended]).toEqual([0, false]);
      const silent = farewell === 'is absent' && feed.leftEarly === 0;
      expect(silent || feed.ended || feed.leftEarly === 1).toBe(true);
    },
  );

  it('is torn down by take() as soon as it has what it takes', async () => {
    const { feed, net, records$ } = open(name);
    const seen: number[] = [];
    records$.pipe(take(2)).subscribe(({ index }) => seen.push(index));
    await turn();
    net.answer();
    await turn();
    net.answer();
    await turn();
    expect(seen).toEqual([0, 1]);
    expect(net.inFlight).toBe(0);
    expect(feed.leftEarly).toBe(feed.ended ? 0 : 1);
  });

  it('aborts the rest at the first success that toFirstSuccess asks for', async () => {
    const { feed, net, records$ } = open(name);
    const seen: unknown[] = [];
    records$.pipe(toFirstSuccess()).subscribe((first) => seen.push(first));
    await turn();
    net.answer(404);
    await turn();
    net.answer(200);
    await turn();
    expect(seen).toMatchObject([{ ok: true, index: 1 }]);
    expect(net.inFlight).toBe(0);
    expect(feed.leftEarly).toBe(feed.ended ? 0 : 1);
  });

  it('aborts the rest at the first failure that toBatchOrThrow meets', async () => {
    const { feed, net, records$ } = open(name);
    const seen: unknown[] = [];
    records$
      .pipe(toBatchOrThrow())
      .subscribe({ next: (batch) => seen.push(batch), error: (error) => seen.push(error) });
    await turn();
    net.answer(200);
    await turn();
    net.answer(404);
    await turn();
    expect(seen).toMatchObject([{ kind: 'http', status: 404 }]);
    expect(net.inFlight).toBe(0);
    expect(feed.leftEarly).toBe(feed.ended ? 0 : 1);
  });
});

describe('a for await loop', () => {
  leavesNothingBehind();
  expectsNothingUnhandled();

  it.each(['break', 'throw'])(
    'that is left by %s aborts everything in flight and lets go of its inputs once',
    async (way) => {
      const { feed, net } = open('iterate');
      const loop = async (): Promise<void> => {
        for await (const { index } of iterate(feed.iterable(), { concurrency, transport: net.transport })) {
          if (index === 1 && way === 'throw') throw new Error('enough');
          if (index === 1) break;
        }
      };
      const left = loop().catch(() => undefined);
      await turn();
      net.answer();
      await turn();
      net.answer();
      await left;
      expect(net.inFlight).toBe(0);
      expect(feed.leftEarly).toBe(1);
    },
  );

  it('asks nothing more of its transport when it is left, though room is made for what waits', async () => {
    const net = new Net();
    const records$ = from(urls(10)).pipe(fetchEach({ concurrency, transport: net.transport }));
    const iterator = toAsyncIterable(records$)[Symbol.asyncIterator]();
    const first = iterator.next();
    net.answerAll();
    expect(await first).toMatchObject({ value: { index: 0 } });
    expect([net.asked, net.inFlight]).toEqual([1 + concurrency, 0]);
    await iterator.return?.();
    expect([net.asked, net.inFlight]).toEqual([1 + concurrency, 0]);
  });

  it('is over once and for all when it has been left', async () => {
    const { feed, net } = open('iterate');
    const iterator = iterate(feed.iterable(), { transport: net.transport })[Symbol.asyncIterator]();
    const first = iterator.next();
    await iterator.return?.();
    expect([await first, await iterator.next(), await iterator.next()]).toEqual(
      Array.from({ length: 3 }, () => ({ done: true, value: undefined })),
    );
    expect(net.inFlight).toBe(0);
  });

  it('throws an error of its inputs once, and is over then', async () => {
    const { feed, net } = open('iterate', { size: 1, ending: 'throws' });
    const iterator = iterate(feed.iterable(), { transport: net.transport })[Symbol.asyncIterator]();
    const first = iterator.next();
    net.answer();
    expect(await first).toMatchObject({ done: false, value: { index: 0 } });
    await expect(iterator.next()).rejects.toBe(feed.error);
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });
});

describe('mergeFrom', () => {
  leavesNothingBehind();
  expectsNothingUnhandled();

  function merged(inner: (input: unknown) => Observable<unknown>): {
    feed: Feed;
    merged$: Observable<unknown>;
  } {
    const { feed } = open('iterate');
    return { feed, merged$: mergeFrom(feed.iterable(), inner, { concurrency }) };
  }

  it('unsubscribes from everything and lets go of its inputs once when it is left', () => {
    const subject = new Subject<number>();
    const { feed, merged$ } = merged(() => subject);
    const subscription = merged$.subscribe();
    expect(subject.observed).toBe(true);
    subscription.unsubscribe();
    expect(subject.observed).toBe(false);
    expect(feed.leftEarly).toBe(1);
    expect(feed.given).toHaveLength(concurrency);
  });

  it('does the same when an inner Observable errors', () => {
    const subject = new Subject<number>();
    const broken = new Error('inner');
    const { feed, merged$ } = merged((url) => (url === 'http://h/2' ? throwError(() => broken) : subject));
    const seen: unknown[] = [];
    merged$.subscribe({ next: (value) => seen.push(value), error: (error) => seen.push(error) });
    expect(seen).toEqual([broken]);
    expect(subject.observed).toBe(false);
    expect(feed.leftEarly).toBe(1);
  });

  it('does the same when project throws', () => {
    const subject = new Subject<number>();
    const broken = new Error('project');
    const { feed, merged$ } = merged((url) => {
      if (url === 'http://h/2') throw broken;
      return subject;
    });
    const seen: unknown[] = [];
    merged$.subscribe({ error: (error) => seen.push(error) });
    expect(seen).toEqual([broken]);
    expect(subject.observed).toBe(false);
    expect(feed.leftEarly).toBe(1);
  });
});

describe('an end', () => {
  const abortController = leavesNothingBehind();
  expectsNothingUnhandled();

  it('is followed by nothing that anybody can see', () => {
    const net = new Net();
    const controller = abortController();
    const events: string[] = [];
    const subscription = fetchFrom(urls(10), {
      concurrency,
      transport: net.transport,
      signal: controller.signal,
      events: { next: ({ type }) => events.push(type) },
    }).subscribe();
    subscription.unsubscribe();
    const before = [...events];
    controller.abort();
    expect(events).toEqual(before);
    expect(net.asked).toBe(concurrency);
  });

  it('comes once when the signal is aborted again and again', () => {
    const controller = abortController();
    const ends: string[] = [];
    fetchFrom(urls(3), { transport: () => NEVER, signal: controller.signal }).subscribe({
      next: () => {
        controller.abort();
      },
      complete: () => {
        controller.abort();
        ends.push('complete');
      },
    });
    controller.abort();
    controller.abort();
    expect(ends).toEqual(['complete']);
  });
});
