import fc from 'fast-check';
import {
  BehaviorSubject,
  concat,
  EMPTY,
  NEVER,
  Observable,
  of,
  Subject,
  Subscription,
  throwError,
} from 'rxjs';
import { createFetcher, fetchFrom, mergeFrom, type Fetcher } from 'sluice';
import { page } from 'sluice/testing';
import { describe, expect, it } from 'vitest';
import { leavesNothingBehind } from '../support/leaks.js';
import { answer, answerNames, type AnswerName } from './answers.js';
import { numRuns, timeLimit } from './effort.js';
import { Net, urls } from './net.js';
import { plain, type Scenario } from './scenario.js';
import { startingPoint, startingPointNames } from './starting-points.js';
import { expectsNothingUnhandled } from './unhandled.js';
import { VirtualClock } from './virtual-clock.js';
import { World } from './world.js';

const twelve = Array.from({ length: 12 }, () => 'a string' as const);

describe.each(startingPointNames)('%s', (name) => {
  leavesNothingBehind();
  expectsNothingUnhandled();

  it.each([1, 2, 5])(
    'has exactly its concurrency of %i attempts in flight while inputs remain',
    async (concurrency) => {
      const answers = [
        ['a page later'],
        ['fails later with an Error'],
        ['a page later without an end'],
      ] as const;
      const scenario: Scenario = { ...plain, inputs: twelve, answers, concurrency };
      const { breaches, mostInFlight } = await new World(name, scenario).run();
      expect(breaches).toEqual([]);
      expect(mostInFlight).toBe(concurrency);
    },
  );

  it('holds its concurrency and lookahead of inputs, and no more, while they wait for retries', async () => {
    const answers = [['fails later with a reset']] as const;
    const scenario: Scenario = {
      ...plain,
      inputs: twelve,
      answers,
      retries: 1,
      backoff: 'long',
      lookahead: 3,
    };
    const { breaches, mostHeld, records } = await new World(name, scenario).run();
    expect(breaches).toEqual([]);
    expect(records).toHaveLength(12);
    if (startingPoint(name).pulls && !('loops' in startingPoint(name)))
      expect(mostHeld).toBeGreaterThanOrEqual(3);
  });

  it('follows a concurrency that changes, down to 0 and up again', async () => {
    const changes = [
      [2, 4],
      [5, 0],
      [20, 1],
    ] as const;
    const answers = [['a page later']] as const;
    const { breaches, mostInFlight } = await new World(name, {
      ...plain,
      inputs: twelve,
      answers,
      changes,
    }).run();
    expect(breaches).toEqual([]);
    expect(mostInFlight).toBe(4);
  });
});

describe('an Observable of the concurrency', () => {
  leavesNothingBehind();
  expectsNothingUnhandled();

  it.each([
    ['errors', throwError(() => new Error('no more limits'))],
    ['completes', EMPTY],
    ['gives what is no limit', of(-1, NaN, null as unknown as number, '9' as unknown as number)],
  ])('that %s leaves the last limit as it is', (_, last$) => {
    const net = new Net();
    const records: number[] = [];
    fetchFrom(urls(9), { concurrency: concat(of(3), last$), transport: net.transport }).subscribe({
      next: ({ index }) => records.push(index),
    });
    expect(net.inFlight).toBe(3);
    net.answerAll();
    expect(records).toHaveLength(9);
    expect(net.mostInFlight).toBe(3);
  });

  it('that says nothing leaves the default', () => {
    const net = new Net();
    const subscription = fetchFrom(urls(40), { concurrency: NEVER, transport: net.transport }).subscribe();
    expect(net.inFlight).toBe(16);
    subscription.unsubscribe();
  });
});

/** How many slots of a fetcher are free, by taking them all. */
function freeSlots(fetcher: Fetcher, net: Net): number {
  const before = net.inFlight;
  // at a host of their own: another may have been asked to be left alone
  const probes = urls(50).map((url) => url.replace('//', '//free.'));
  const probe = fetcher.fetchFrom(probes).subscribe();
  const free = net.inFlight - before;
  probe.unsubscribe();
  return free;
}

describe('a slot', () => {
  leavesNothingBehind();
  expectsNothingUnhandled();

  const concurrency = 3;
  const ends: Record<string, (net: Net, subscription: Subscription, controller: AbortController) => void> = {
    'its attempt gives a page': (net) => {
      net.answerAll();
    },
    'its attempt gives a page that is not accepted': (net) => {
      net.answerAll(404);
    },
    'its attempt fails': (net) => {
      while (net.inFlight > 0) net.fail(new Error('broken'));
    },
    'it is unsubscribed': (_, subscription) => {
      subscription.unsubscribe();
    },
    'it is aborted': (_, __, controller) => {
      controller.abort();
    },
    'one attempt gives a page and the others are unsubscribed': (net, subscription) => {
      net.answer();
      subscription.unsubscribe();
    },
    'one attempt gives a page and the others are aborted': (net, _, controller) => {
      net.answer();
      controller.abort();
    },
  };

  it.each(Object.keys(ends))('is given back exactly once when %s', (end) => {
    const net = new Net();
    const fetcher = createFetcher({ concurrency, transport: net.transport, retry: false });
    for (let round = 0; round < 10; round++) {
      const controller = new AbortController();
      const subscription = fetcher.fetchFrom(urls(4), { signal: controller.signal }).subscribe();
      ends[end]?.(net, subscription, controller);
      expect(net.inFlight).toBe(0);
      expect(freeSlots(fetcher, net)).toBe(concurrency);
    }
  });

  it('is given back when its transport throws', () => {
    const net = new Net();
    let broken = true;
    const fetcher = createFetcher({
      concurrency,
      transport: (request) => {
        if (broken) throw new Error('broken');
        return net.transport(request);
      },
    });
    let records = 0;
    fetcher.fetchFrom(urls(10)).subscribe(() => records++);
    broken = false;
    expect(records).toBe(10);
    expect(freeSlots(fetcher, net)).toBe(concurrency);
  });

  it('is free for whoever starts another pipeline at the record of its attempt', () => {
    const net = new Net();
    const fetcher = createFetcher({ concurrency: 1, transport: net.transport });
    const seen: string[] = [];
    fetcher.fetchFrom(['http://a/']).subscribe({
      next: () => {
        // eslint-disable-next-line rxjs-x/no-nested-subscribe -- re-entry is what is looked at
        fetcher.fetchFrom(['http://b/']).subscribe(() => seen.push('b'));
      },
      complete: () => seen.push('a'),
    });
    net.answerAll();
    expect(seen.sort()).toEqual(['a', 'b']);
    expect(freeSlots(fetcher, net)).toBe(1);
  });

  it(
    'is there again after any history of pipelines that share it',
    async () => {
      const history = fc.array(
        fc.record({
          way: fc.constantFrom('fetchFrom', 'fetchEach', 'async', 'fetchPage'),
          inputs: fc.nat(5),
          answers: fc.array(fc.constantFrom(...answerNames), { minLength: 1, maxLength: 3 }),
          from: fc.nat(20),
          until: fc.option(fc.nat(30), { nil: undefined }),
          leaves: fc.constantFrom('unsubscribe', 'abort', 'drain'),
        }),
        { maxLength: 8 },
      );
      await fc.assert(
        fc.asyncProperty(history, fc.integer({ min: 1, max: 4 }), async (pipelines, slots) => {
          const clock = new VirtualClock();
          const net = new Net();
          let inFlight = 0;
          let mostInFlight = 0;
          let asked = 0;
          const watched = <T>(pages$: Observable<T>): Observable<T> =>
            new Observable((subscriber) => {
              mostInFlight = Math.max(mostInFlight, ++inFlight);
              subscriber.add(() => inFlight--);
              pages$.subscribe(subscriber);
            });
          const fetcher = createFetcher({
            concurrency: slots,
            scheduler: clock,
            transport: (request) => {
              const { answers } = (request.context ?? {}) as { answers?: AnswerName[] };
              if (!answers) return net.transport(request);
              const name = answers[asked++ % answers.length] ?? 'a page';
              return answer(name).give(String(request.url), clock, watched) as Observable<never>;
            },
          });
          let open = 0;
          for (const { way, inputs, answers, from, until, leaves } of pipelines) {
            const requests = urls(inputs).map((url) => ({ url, context: { answers } }));
            const signal = new AbortController();
            const drain = new AbortController();
            const options = {
              signal: signal.signal,
              drain: drain.signal,
              timeout: 10,
              retry: { limit: 1, backoff: () => 2 },
            };
            const records$ = {
              fetchFrom: () => fetcher.fetchFrom(requests, options),
              fetchEach: () => of(...requests).pipe(fetcher.fetchEach(options)),
              async: () =>
                fetcher.fetchFrom(
                  (async function* () {
                    yield* requests;
                  })(),
                  options,
                ),
              fetchPage: () => fetcher.fetchPage(requests[0] ?? 'nothing', options),
            }[way]();
            const subscription = new Subscription();
            clock.schedule(() => {
              open++;
              subscription.add(() => open--);
              subscription.add(
                (records$ as Observable<unknown>).subscribe({
                  error: () => {
                    subscription.unsubscribe();
                  },
                  complete: () => {
                    subscription.unsubscribe();
                  },
                }),
              );
            }, from);
            if (until === undefined) continue;
            clock.schedule(() => {
              if (leaves === 'unsubscribe') subscription.unsubscribe();
              else if (leaves === 'abort') signal.abort();
              else drain.abort();
            }, until);
          }
          await clock.run();
          expect(open).toBe(0);
          expect(inFlight).toBe(0);
          expect(mostInFlight).toBeLessThanOrEqual(slots);
          expect(freeSlots(fetcher, net)).toBe(slots);
        }),
        { numRuns },
      );
    },
    timeLimit,
  );
});

describe('mergeFrom', () => {
  leavesNothingBehind();
  expectsNothingUnhandled();

  it('has exactly its concurrency of inner Observables subscribed while inputs remain', () => {
    const inners: Subject<number>[] = [];
    let pulled = 0;
    let subscribed = 0;
    let most = 0;
    function* numbers(): Generator<number> {
      for (; pulled < 10;) yield pulled++;
    }
    const inner = (): Observable<number> =>
      new Observable((subscriber) => {
        most = Math.max(most, ++subscribed);
        subscriber.add(() => subscribed--);
        const subject = new Subject<number>();
        inners.push(subject);
        subscriber.add(subject.subscribe(subscriber));
      });
    let completed = false;
    mergeFrom(numbers(), inner, { concurrency: 3 }).subscribe({ complete: () => (completed = true) });
    for (let done = 0; done < 10; done++) {
      expect(pulled).toBe(Math.min(10, 3 + done));
      expect(subscribed).toBe(Math.min(3, 10 - done));
      inners[done]?.complete();
    }
    expect(most).toBe(3);
    expect(completed).toBe(true);
  });

  it('follows a concurrency that changes, down to 0 and up again', () => {
    const limits = new BehaviorSubject(0);
    let subscribed = 0;
    const never = (): Observable<never> =>
      new Observable((subscriber) => {
        subscribed++;
        subscriber.add(() => subscribed--);
      });
    const subscription = mergeFrom(urls(20), never, { concurrency: limits }).subscribe();
    const seen = [0, 2, 1, 5, 0, 7].map((limit) => {
      limits.next(limit);
      return subscribed;
    });
    subscription.unsubscribe();
    expect(seen).toEqual([0, 2, 2, 5, 5, 7]); // nobody is cut off when it sinks
    expect(subscribed).toBe(0);
    expect(limits.observed).toBe(false);
  });
});

describe('a pipeline within a pipeline', () => {
  leavesNothingBehind();
  expectsNothingUnhandled();

  it('has slots of its own', () => {
    let inFlight = 0;
    const project = (): Observable<unknown> =>
      fetchFrom(urls(10), {
        concurrency: 4,
        transport: () => {
          inFlight++;
          return NEVER;
        },
      });
    const transport = ({ url }: { url: string | URL }): Observable<ReturnType<typeof page>> =>
      of(page(String(url)));
    const subscription = fetchFrom(urls(5), { concurrency: 2, transport, project }).subscribe();
    expect(inFlight).toBe(8);
    subscription.unsubscribe();
  });
});
