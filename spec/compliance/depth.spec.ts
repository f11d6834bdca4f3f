import {
  concat,
  count,
  delay,
  EMPTY,
  lastValueFrom,
  map,
  Observable,
  of,
  range,
  take,
  throwError,
  toArray,
} from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  catchFailure,
  createFetcher,
  failures,
  fetchEach,
  fetchFrom,
  FetchError,
  inOrder,
  iterate,
  mapSuccess,
  mergeFrom,
  successes,
  tapResult,
  toBatch,
  toBatchOrThrow,
  toFirstSuccess,
  type FetchResult,
  type Page,
  type Transport,
} from '../../lib/index.js';
import { page } from '../../lib/testing/index.js';
import { leavesNothingBehind } from '../support/leaks.js';

const million = 1_000_000;
const answer = page('http://h/');
const atOnce: Transport = () => of(answer);

function* urls(many: number): Generator<string> {
  for (let index = 0; index < many; index++) yield 'http://h/';
}

const counted = async (results$: Observable<unknown>): Promise<number> =>
  lastValueFrom(results$.pipe(count()));

type Records = Observable<FetchResult<Page>>;

/** Answers the first input later and all others at once. */
function firstLater(): Transport {
  let asked = 0;
  return () => (asked++ === 0 ? of(answer).pipe(delay(1)) : of(answer));
}

describe('any number of synchronous results', () => {
  leavesNothingBehind();

  it.each<[string, () => Observable<unknown>]>([
    ['fetchFrom', () => fetchFrom(urls(million), { transport: atOnce })],
    ['fetchFrom, one at a time', () => fetchFrom(urls(million), { transport: atOnce, concurrency: 1 })],
    [
      'fetchFrom after a first result that took time',
      () => fetchFrom(urls(million), { transport: firstLater() }),
    ],
    [
      'fetchFrom, one at a time, after a first result that took time',
      () => fetchFrom(urls(million), { transport: firstLater(), concurrency: 1 }),
    ],
    ['a fetcher', () => createFetcher({ transport: atOnce }).fetchFrom(urls(million))],
    ['mergeFrom', () => mergeFrom(urls(million), (url) => of(url))],
    [
      'mergeFrom after a first result that took time',
      () =>
        mergeFrom(urls(million), (url, index) => (index === 0 ? of(url).pipe(delay(1)) : of(url)), {
          concurrency: 1,
        }),
    ],
    [
      'mergeFrom of nothing at all',
      () =>
        concat(
          mergeFrom(urls(million), () => EMPTY),
          range(0, million),
        ),
    ],
    [
      'fetchEach',
      () =>
        range(0, million).pipe(
          map(() => 'http://h/'),
          fetchEach({ transport: atOnce }),
        ),
    ],
    [
      'fetchEach behind a first result that takes time',
      () =>
        range(0, million).pipe(
          map(() => 'http://h/'),
          fetchEach({ transport: firstLater(), concurrency: 1 }),
        ),
    ],
    [
      'inputs that are invalid',
      () =>
        fetchFrom(
          Array.from({ length: million }, () => 'no url'),
          { transport: atOnce },
        ),
    ],
  ])(
    '%s does not recurse',
    async (_name, run) => {
      expect(await counted(run())).toBe(million);
    },
    60_000,
  );

  it.each<[string, (records: Records) => Observable<unknown>, number]>([
    ['mapSuccess', (records) => records.pipe(mapSuccess(({ status }) => status)), million],
    ['catchFailure', (records) => records.pipe(catchFailure(() => 0)), million],
    ['tapResult', (records) => records.pipe(tapResult(() => undefined)), million],
    ['successes', (records) => records.pipe(successes()), million],
    ['failures', (records) => records.pipe(failures()), 0],
    ['inOrder', (records) => records.pipe(inOrder()), million],
    ['inOrder with a window of one', (records) => records.pipe(inOrder({ window: 1 })), million],
    ['toBatch', (records) => records.pipe(toBatch()), 1],
    ['toBatchOrThrow', (records) => records.pipe(toBatchOrThrow()), 1],
    ['toFirstSuccess', (records) => records.pipe(toFirstSuccess()), 1],
  ])(
    '%s does not recurse',
    async (_name, through, many) => {
      expect(await counted(through(fetchFrom(urls(million), { transport: atOnce })))).toBe(many);
    },
    60_000,
  );

  it('a loop does not recurse', async () => {
    let taken = 0;
    for await (const result of iterate(urls(100_000), { transport: atOnce })) taken += Number(result.ok);
    expect(taken).toBe(100_000);
  }, 60_000);

  it('retries without a wait do not recurse', async () => {
    const broken = new FetchError('network', 'broken', { retryable: true });
    const results$ = fetchFrom(['http://h/'], {
      transport: () => throwError(() => broken),
      retry: { limit: 100_000, backoff: () => 0 },
    });
    const [result] = await lastValueFrom(results$.pipe(toArray()));
    expect(result).toMatchObject({ ok: false, attempts: 100_001, error: broken });
  }, 60_000);
});

describe('a source that never ends and never waits', () => {
  leavesNothingBehind();

  it('is pulled no further than what is taken', () => {
    let pulled = 0;
    let returned = 0;
    function* endless(): Generator<string> {
      try {
        for (;;) {
          pulled++;
          yield 'http://h/';
        }
      } finally {
        returned++;
      }
    }
    const taken: unknown[] = [];
    fetchFrom(endless(), { transport: atOnce, concurrency: 4 })
      .pipe(take(3))
      .subscribe((result) => taken.push(result));
    expect(taken).toHaveLength(3);
    expect(pulled).toBeLessThanOrEqual(3 + 4);
    expect(returned).toBe(1);
  });

  it.each([
    ['fetchEach', (inputs: Observable<string>) => inputs.pipe(fetchEach({ transport: atOnce }))],
    [
      'a fetcher',
      (inputs: Observable<string>) => inputs.pipe(createFetcher({ transport: atOnce }).fetchEach()),
    ],
    ['inOrder', (inputs: Observable<string>) => inputs.pipe(fetchEach({ transport: atOnce }), inOrder())],
  ])('is left by %s when enough is taken', (_name, through) => {
    let pushed = 0;
    const endless = new Observable<string>((subscriber) => {
      while (!subscriber.closed) {
        pushed++;
        subscriber.next('http://h/');
      }
    });
    const taken: unknown[] = [];
    through(endless)
      .pipe(take(3))
      .subscribe((result) => taken.push(result));
    expect([taken.length, pushed]).toEqual([3, 3]);
  });

  it('is left by mergeFrom when it is an inner one', () => {
    let emitted = 0;
    const endless = new Observable<number>((subscriber) => {
      while (!subscriber.closed) subscriber.next(emitted++);
    });
    const taken: number[] = [];
    mergeFrom(urls(10), () => endless)
      .pipe(take(3))
      .subscribe((value) => taken.push(value));
    expect([taken, emitted]).toEqual([[0, 1, 2], 3]);
  });
});
