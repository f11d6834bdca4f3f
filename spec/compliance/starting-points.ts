import { Observable } from 'rxjs';
import {
  fetchEach,
  fetchFrom,
  iterate,
  toAsyncIterable,
  type Fetcher,
  type FetcherCallOptions,
  type FetchInput,
  type FetchOptions,
  type FetchResult,
} from 'sluice';
import type { Feed } from './feed.js';

type Records$ = Observable<FetchResult<unknown>>;

/** What a starting point is given. */
export interface Start {
  readonly feed: Feed;
  readonly options: FetchOptions<unknown>;
  /** What an attempt may do ends here, and so does what it has in common with others. */
  readonly fetcher: Fetcher;
  /** What a `for await` loop does with a record. */
  readonly body: () => Promise<void>;
}

/** A way to get records of inputs: the laws hold for each of them. */
export interface StartingPoint {
  /** Whether it pulls: how much it takes is bounded, and it says goodbye to an iterator. */
  readonly pulls: boolean;
  /** Whether inputs come at once when they are asked for. */
  readonly synchronous: boolean;
  /** Whether inputs pass through an `await`, which asks each for its `then`. */
  readonly awaits?: true;
  /** Whether it shares its slots with other pipelines of a fetcher. */
  readonly shares?: true;
  /** Whether it is a loop, whose slowness slows the pull. */
  readonly loops?: true;
  readonly start: (given: Start) => Records$;
}

function pulling(
  synchronous: boolean,
  inputs: (feed: Feed) => Iterable<FetchInput> | AsyncIterable<FetchInput> | ReadableStream<FetchInput>,
): StartingPoint {
  return {
    pulls: true,
    synchronous,
    start: ({ feed, options }) => deferred(() => fetchFrom(inputs(feed), options)),
  };
}

/** Each subscription has inputs of its own: a generator can be had once. */
function deferred(make: () => Records$): Records$ {
  return new Observable((subscriber) => make().subscribe(subscriber));
}

function own({ options }: Start): FetcherCallOptions<unknown> {
  const { concurrency: _c, lookahead: _l, transport: _t, scheduler: _s, ...rest } = options;
  return rest;
}

export const startingPoints = {
  'fetchFrom an iterable': pulling(true, (feed) => feed.iterable()),
  'fetchFrom a generator': pulling(true, (feed) => feed.generator()),
  'fetchFrom an async iterable': pulling(false, (feed) => feed.asyncIterable()),
  'fetchFrom an async iterable that answers at once': pulling(true, (feed) => feed.promptIterable()),
  'fetchFrom an async generator': { ...pulling(false, (feed) => feed.asyncGenerator()), awaits: true },
  'fetchFrom a ReadableStream': pulling(false, (feed) => feed.stream()),
  'fetchFrom a ReadableStream that is not iterable': pulling(false, (feed) => feed.bareStream()),
  fetchEach: {
    pulls: false,
    synchronous: true,
    start: ({ feed, options }) => deferred(() => feed.observable().pipe(fetchEach(options))),
  },
  iterate: {
    pulls: true,
    synchronous: true,
    loops: true,
    start: ({ feed, options, body }) => looped(() => iterate(feed.iterable(), options), body),
  },
  'iterate an async iterable': {
    pulls: true,
    synchronous: false,
    loops: true,
    start: ({ feed, options, body }) => looped(() => iterate(feed.asyncIterable(), options), body),
  },
  'toAsyncIterable of fetchEach': {
    pulls: false,
    synchronous: true,
    loops: true,
    start: ({ feed, options, body }) =>
      looped(() => toAsyncIterable(feed.observable().pipe(fetchEach(options))), body),
  },
  'fetcher.fetchFrom': {
    pulls: true,
    synchronous: true,
    shares: true,
    start: (given) => deferred(() => given.fetcher.fetchFrom(given.feed.iterable(), own(given))),
  },
  'fetcher.fetchFrom an async iterable': {
    pulls: true,
    synchronous: false,
    shares: true,
    start: (given) => deferred(() => given.fetcher.fetchFrom(given.feed.asyncIterable(), own(given))),
  },
  'fetcher.fetchEach': {
    pulls: false,
    synchronous: true,
    shares: true,
    start: (given) => deferred(() => given.feed.observable().pipe(given.fetcher.fetchEach(own(given)))),
  },
} as const satisfies Record<string, StartingPoint>;

export type StartingPointName = keyof typeof startingPoints;

export const startingPointNames = Object.keys(startingPoints) as StartingPointName[];

export function startingPoint(name: StartingPointName): StartingPoint {
  return startingPoints[name];
}

/** A `for await` loop as an Observable, so that the same laws can be asked of it. */
function looped(open: () => AsyncIterable<FetchResult<unknown>>, body: () => Promise<void>): Records$ {
  return new Observable((subscriber) => {
    const iterator = open()[Symbol.asyncIterator]();
    subscriber.add(() => {
      void iterator.return?.();
    });
    const loop = async (): Promise<void> => {
      for (;;) {
        const step = await iterator.next();
        if (step.done === true || subscriber.closed) return;
        subscriber.next(step.value);
        await body();
      }
    };
    loop().then(
      () => {
        subscriber.complete();
      },
      (error: unknown) => {
        subscriber.error(error);
      },
    );
  });
}
