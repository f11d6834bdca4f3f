import fc from 'fast-check';
import {
  concat,
  delay,
  EMPTY,
  from,
  mergeMap,
  Observable,
  of,
  throwError,
  timer,
  type SchedulerLike,
} from 'rxjs';
import { mergeFrom } from 'sluice';
import { describe, expect, it } from 'vitest';
import { leavesNothingBehind } from '../support/leaks.js';
import { numRuns, timeLimit } from './effort.js';
import { expectsNothingUnhandled } from './unhandled.js';
import { VirtualClock } from './virtual-clock.js';

/** What an inner Observable does: values after so many ms each, 0 for at once, and how it ends. */
interface Inner {
  readonly waits: readonly number[];
  readonly end: 'completes' | 'completes later' | 'errors' | 'throws' | 'is garbage';
}

const inner: fc.Arbitrary<Inner> = fc.record({
  waits: fc.array(fc.nat(4), { maxLength: 4 }),
  end: fc.constantFrom(
    'completes',
    'completes',
    'completes',
    'completes later',
    'errors',
    'throws',
    'is garbage',
  ),
});

const calm: fc.Arbitrary<Inner> = fc.record({
  waits: fc.array(fc.nat(4), { maxLength: 4 }),
  end: fc.constantFrom('completes', 'completes later'),
});

function draw({ waits, end }: Inner, index: number, clock: SchedulerLike): Observable<string> {
  if (end === 'throws') throw new Error(`project threw at ${index}`);
  if (end === 'is garbage') return 5 as unknown as Observable<string>;
  const values = waits.map((wait, place) => {
    const value$ = of(`${index}/${place}`);
    return wait === 0 ? value$ : value$.pipe(delay(wait, clock));
  });
  const last$ =
    end === 'errors'
      ? throwError(() => new Error(`inner ${index}`))
      : end === 'completes later'
        ? timer(2, clock).pipe(mergeMap(() => EMPTY))
        : EMPTY;
  return concat(...values, last$);
}

/** What happens when, to the end. */
async function timeline(open: (clock: SchedulerLike) => Observable<string>): Promise<string[]> {
  const clock = new VirtualClock();
  const seen: string[] = [];
  const note = (what: string): number => seen.push(`${clock.now()}: ${what}`);
  open(clock).subscribe({
    next: note,
    error: (error) => note(String(error)),
    complete: () => note('complete'),
  });
  await clock.run();
  return seen;
}

describe('mergeFrom', () => {
  leavesNothingBehind();
  expectsNothingUnhandled();

  it(
    'gives what mergeMap gives, in the same order at the same times',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(inner, { maxLength: 8 }),
          fc.integer({ min: 1, max: 4 }),
          async (inners, concurrency) => {
            const merged = await timeline((clock) =>
              mergeFrom(inners, (one, index) => draw(one, index, clock), { concurrency }),
            );
            const mapped = await timeline((clock) =>
              from(inners).pipe(mergeMap((one, index) => draw(one, index, clock), concurrency)),
            );
            expect(merged).toEqual(mapped);
          },
        ),
        { numRuns: numRuns * 2 },
      );
    },
    timeLimit,
  );

  it(
    'gives the same values from an async iterable',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(calm, { maxLength: 8 }),
          fc.integer({ min: 1, max: 4 }),
          async (inners, concurrency) => {
            async function* later(): AsyncGenerator<Inner> {
              for (const one of inners) {
                await Promise.resolve();
                yield one;
              }
            }
            const values = (seen: readonly string[]): string[] =>
              seen.map((line) => line.replace(/^\d+: /, '')).sort();
            const merged = await timeline((clock) =>
              mergeFrom(later(), (one, index) => draw(one, index, clock), { concurrency }),
            );
            const mapped = await timeline((clock) =>
              from(inners).pipe(mergeMap((one, index) => draw(one, index, clock), concurrency)),
            );
            expect(values(merged)).toEqual(values(mapped));
            expect(merged.at(-1)).toMatch(/complete$/);
          },
        ),
        { numRuns: numRuns * 2 },
      );
    },
    timeLimit,
  );

  it(
    'never pulls more than it has places, and lets go of the rest when it is left at any time',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(calm, { minLength: 1, maxLength: 8 }),
          fc.integer({ min: 1, max: 4 }),
          fc.nat(20),
          async (inners, concurrency, after) => {
            const clock = new VirtualClock();
            let pulled = 0;
            let done = 0;
            let subscribed = 0;
            let returned = 0;
            const state = { ended: false };
            const iterable: Iterable<Inner> = {
              [Symbol.iterator]: () => ({
                next: () => {
                  const value = inners[pulled];
                  state.ended = !value;
                  if (!value) return { done: true, value: undefined };
                  pulled++;
                  expect(pulled - done).toBeLessThanOrEqual(concurrency);
                  return { done: false, value };
                },
                return: () => {
                  returned++;
                  return { done: true, value: undefined };
                },
              }),
            };
            const project = (one: Inner, index: number): Observable<string> =>
              new Observable((subscriber) => {
                expect(++subscribed).toBeLessThanOrEqual(concurrency);
                subscriber.add(() => {
                  subscribed--;
                  done++;
                });
                draw(one, index, clock).subscribe(subscriber);
              });
            let completed = false as boolean;
            const subscription = mergeFrom(iterable, project, { concurrency }).subscribe({
              complete: () => (completed = true),
            });
            clock.schedule(() => {
              subscription.unsubscribe();
            }, after);
            await clock.run();
            expect(subscribed).toBe(0);
            expect(returned).toBe(state.ended ? 0 : 1);
            if (completed) expect([pulled, state.ended]).toEqual([inners.length, true]);
          },
        ),
        { numRuns: numRuns * 2 },
      );
    },
    timeLimit,
  );
});
