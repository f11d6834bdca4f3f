import { from, map, mergeMap, range, timer, type Observable } from 'rxjs';
import { createFetcher, FetchError, fetchEach, fetchFrom, iterate, mergeFrom, type Page } from 'sluice';
import { describe, expect, it } from 'vitest';
import { leavesNothingBehind } from '../support/leaks.js';
import { count, Depth, million, onePage, sameUrl } from './depth.js';
import { timeLimit } from './effort.js';
import { expectsNothingUnhandled } from './unhandled.js';

type Transport = () => Observable<Page>;
type Open = (transport: Transport, urls: Iterable<string>) => Observable<unknown>;

const timeout = Infinity; // a timer for each attempt would be most of the work

type Name = 'fetchFrom' | 'fetchEach' | 'fetcher.fetchFrom' | 'fetcher.fetchEach' | 'mergeFrom';

const pipelines: Readonly<Record<Name, Open>> = {
  fetchFrom: (transport, urls) => fetchFrom(urls, { transport, timeout }),
  fetchEach: (transport, urls) => from(urls).pipe(fetchEach({ transport, timeout, concurrency: 1 })),
  'fetcher.fetchFrom': (transport, urls) =>
    createFetcher({ transport, timeout, concurrency: 2 }).fetchFrom(urls),
  'fetcher.fetchEach': (transport, urls) =>
    from(urls).pipe(createFetcher({ transport, timeout }).fetchEach()),
  mergeFrom: (transport, urls) => mergeFrom(urls, transport),
};

/** The first answer comes later; all the others are there in the very call in which it has come. */
function firstLater(transport: Transport): Transport {
  let first = true;
  return () => {
    if (!first) return transport();
    first = false;
    return timer(1).pipe(map(() => onePage));
  };
}

describe('the stack', () => {
  leavesNothingBehind();
  expectsNothingUnhandled();

  it.each<Name>(['fetchFrom', 'fetchEach', 'fetcher.fetchFrom', 'mergeFrom'])(
    'does not grow in %s with a million synchronous results',
    async (name) => {
      const depth = new Depth();
      expect(await count(pipelines[name](depth.transport, sameUrl(million)))).toBe(million);
      expect(depth.looks).toBe(million);
      expect(depth.growth).toBeLessThan(20);
    },
    timeLimit,
  );

  it.each<[Name, number]>([
    ['fetchFrom', million],
    ['fetchEach', 50_000],
    ['fetcher.fetchFrom', 50_000],
    ['fetcher.fetchEach', 50_000],
    ['mergeFrom', 200_000],
  ])(
    'does not grow in %s when %i results are there at once behind one that came later',
    async (name, many) => {
      const depth = new Depth();
      expect(await count(pipelines[name](firstLater(depth.transport), sameUrl(many)))).toBe(many);
      expect(depth.growth).toBeLessThan(20);
    },
    timeLimit,
  );

  it.each<Name>(['fetchFrom', 'fetchEach', 'fetcher.fetchFrom', 'fetcher.fetchEach'])(
    'does not grow in %s with 100,000 inputs that are invalid',
    async (name) => {
      const depth = new Depth();
      const invalid = Array.from({ length: 100_000 }, () => null as unknown as string);
      const seen$ = pipelines[name](depth.transport, invalid).pipe(
        map(() => {
          depth.look();
        }),
      );
      expect(await count(seen$)).toBe(100_000);
      expect(depth.looks).toBe(100_000);
      expect(depth.growth).toBeLessThan(20);
    },
    timeLimit,
  );

  it(
    'does not grow in a for await loop over 200,000 records',
    async () => {
      const depth = new Depth();
      let seen = 0;
      for await (const { ok } of iterate(sameUrl(200_000), { transport: depth.transport, timeout }))
        seen += ok ? 1 : 0;
      expect(seen).toBe(200_000);
      expect(depth.growth).toBeLessThan(20);
    },
    timeLimit,
  );

  it(
    'does not grow with 100,000 synchronous results that have a timer each',
    async () => {
      const depth = new Depth();
      const timeout = { attempt: 30_000, total: 60_000 };
      const results$ = fetchFrom(sameUrl(100_000), { transport: depth.transport, timeout });
      expect(await count(results$)).toBe(100_000);
      expect(depth.growth).toBeLessThan(20);
    },
    timeLimit,
  );

  it(
    'does not grow when one input is tried 100,000 times without a pause',
    () => {
      const depth = new Depth();
      const broken = new FetchError('network', 'broken', { retryable: true });
      const transport = (): never => {
        depth.look();
        throw broken;
      };
      let attempts = 0;
      fetchFrom(['http://h/'], {
        transport,
        retry: { limit: 100_000, backoff: () => 0, budget: Infinity },
      }).subscribe((result) => (attempts = result.attempts));
      expect(attempts).toBe(100_001);
      expect(depth.growth).toBeLessThan(20);
    },
    timeLimit,
  );

  it(
    'does not grow when 20,000 pipelines of a fetcher follow one another at once',
    async () => {
      const depth = new Depth();
      const fetcher = createFetcher({ transport: depth.transport, concurrency: 1 });
      expect(await count(range(0, 20_000).pipe(mergeMap(() => fetcher.fetchPage('http://h/'), 1)))).toBe(
        20_000,
      );
      expect(depth.growth).toBeLessThan(20);
    },
    timeLimit,
  );
});
