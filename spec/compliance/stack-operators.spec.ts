import { map, Observable, of, timer, type OperatorFunction } from 'rxjs';
import {
  catchFailure,
  failures,
  FetchError,
  fetchFrom,
  inOrder,
  mapSuccess,
  successes,
  tapResult,
  toAsyncIterable,
  toBatch,
  toBatchOrThrow,
  toFirstSuccess,
  type FetchRequest,
  type FetchResult,
  type Page,
} from 'sluice';
import { describe, expect, it } from 'vitest';
import { leavesNothingBehind } from '../support/leaks.js';
import { count, Depth, million, onePage, sameUrl } from './depth.js';
import { timeLimit } from './effort.js';
import { expectsNothingUnhandled } from './unhandled.js';

type Record$ = Observable<FetchResult>;
type Operate = OperatorFunction<FetchResult, unknown>;

const request = { url: 'http://h/' };
const error = new FetchError('network', 'broken');

/** As light as a record can be: there are a million of them. */
class LightRecord {
  declare readonly request: FetchRequest;
  declare readonly attempts: number;
  declare readonly waited: number;
  declare readonly duration: number;
  declare readonly value: Page;
  declare readonly error: FetchError;
  constructor(
    readonly index: number,
    readonly ok: boolean,
  ) {}
}
Object.assign(LightRecord.prototype, { request, attempts: 1, waited: 0, duration: 0, value: onePage, error });

/** In one call. Every second one is a failure, and two by two they come in the wrong order. */
const records$: Record$ = new Observable((subscriber) => {
  for (let place = 0; place < million && !subscriber.closed; place++) {
    subscriber.next(new LightRecord(place ^ 1, place % 2 === 0));
  }
  subscriber.complete();
});

/** Operators, and how many of so many records come out. */
const operators: Readonly<Record<string, readonly [Operate, (records: number) => number]>> = {
  mapSuccess: [mapSuccess((fetched) => fetched.status), (all) => all],
  'mapSuccess to an Observable': [mapSuccess((fetched) => of(fetched.status)), (all) => all],
  catchFailure: [catchFailure(() => 0), (all) => all],
  'catchFailure to an Observable': [catchFailure(() => of(0)), (all) => all],
  tapResult: [tapResult(() => undefined), (all) => all],
  successes: [successes(), (all) => all / 2],
  failures: [failures(), (all) => all / 2],
  inOrder: [inOrder(), (all) => all],
  'inOrder with a window of 1': [inOrder({ window: 1 }), (all) => all],
  toBatch: [toBatch(), () => 1],
  'toBatchOrThrow behind catchFailure': [
    (records$: Record$) =>
      records$.pipe(
        catchFailure(() => onePage),
        toBatchOrThrow(),
      ),
    () => 1,
  ],
  'toFirstSuccess behind failures': [
    (records$: Record$) => records$.pipe(failures(), toFirstSuccess()),
    () => 1,
  ],
};

describe.each(Object.keys(operators))('%s', (name) => {
  leavesNothingBehind();
  expectsNothingUnhandled();

  const [operate, outOf] = operators[name] as readonly [Operate, (records: number) => number];

  it(
    'lets a million synchronous records through',
    async () => {
      expect(await count(records$.pipe(operate))).toBe(outOf(million));
    },
    timeLimit,
  );

  it('does not let the stack grow under a pipeline whose first answer comes later', async () => {
    const depth = new Depth();
    let asked = 0;
    const transport = (): Observable<Page> => {
      if (asked++ === 0) return timer(1).pipe(map(() => onePage));
      depth.look();
      return asked % 2 === 0
        ? of(onePage)
        : of(Object.assign(Object.create(onePage) as Page, { status: 404 }));
    };
    await count(fetchFrom(sameUrl(20_000), { transport, concurrency: 1, timeout: Infinity }).pipe(operate));
    expect(asked).toBe(20_000);
    expect(depth.growth).toBeLessThan(20);
  });
});

describe('toAsyncIterable', () => {
  leavesNothingBehind();

  it(
    'hands a million records on that came in one call',
    async () => {
      let seen = 0;
      for await (const { ok } of toAsyncIterable(records$)) seen += ok ? 1 : 0;
      expect(seen).toBe(million / 2);
    },
    timeLimit,
  );
});
