import fc from 'fast-check';
import { filter, from, map, of, Subject, type Observable } from 'rxjs';
import {
  catchFailure,
  createFetcher,
  fetchEach,
  fetchFrom,
  failures,
  inOrder,
  iterate,
  mapSuccess,
  mergeFrom,
  successes,
  tapResult,
  toAsyncIterable,
  type FetchInput,
  type FetchOptions,
  type FetchResult,
  type Pullable,
} from 'sluice';
import { page } from 'sluice/testing';
import { describe, expect, it } from 'vitest';
import { leavesNothingBehind } from '../support/leaks.js';
import { numRuns, timeLimit } from './effort.js';
import { Net, urls } from './net.js';
import { expectsNothingUnhandled } from './unhandled.js';
import { turn } from './virtual-clock.js';

type Records$ = Observable<FetchResult<unknown>>;

const size = 40;
const concurrency = 4;

/** Inputs that count how many were pulled. */
class Inputs {
  pulled = 0;

  *generator(): Generator<string> {
    for (const url of urls(size)) {
      this.pulled++;
      yield url;
    }
  }

  async *asyncGenerator(): AsyncGenerator<string> {
    yield* this.generator();
  }

  stream(): ReadableStream<string> {
    const generator = this.generator();
    return new ReadableStream(
      {
        pull: (controller) => {
          const step = generator.next();
          if (step.done === true) controller.close();
          else controller.enqueue(step.value);
        },
      },
      { highWaterMark: 0 },
    );
  }
}

const forms: Readonly<Record<string, (inputs: Inputs) => Pullable<FetchInput>>> = {
  'a generator': (inputs) => inputs.generator(),
  'an async generator': (inputs) => inputs.asyncGenerator(),
  'a ReadableStream': (inputs) => inputs.stream(),
};

/** Operators that may lie between a pipeline and who holds it back. */
const between: Readonly<Record<string, (records$: Records$) => Records$>> = {
  nothing: (records$) => records$,
  mapSuccess: mapSuccess((value: unknown) => value),
  catchFailure: catchFailure(() => 0),
  tapResult: tapResult(() => undefined),
  successes: successes(),
  failures: failures(),
  'a filter': filter(({ index }) => index % 3 !== 1),
  'a filter of everything': filter(() => false),
  'another inOrder': inOrder(),
};

describe.each(Object.keys(forms))('over %s', (name) => {
  leavesNothingBehind();
  expectsNothingUnhandled();

  const form = forms[name] as (inputs: Inputs) => Pullable<FetchInput>;

  it.each([1, 2, 7, 1_000])(
    'inOrder never has more than its window of %i pulled and not passed on',
    async (window) => {
      const inputs = new Inputs();
      const net = new Net();
      const passed: number[] = [];
      let most = 0;
      const subscription = fetchFrom(form(inputs), { concurrency, transport: net.transport })
        .pipe(inOrder({ window }))
        .subscribe(({ index }) => passed.push(index));
      await turn();
      expect(net.inFlight).toBe(Math.min(concurrency, window));
      for (let last = size - 1; !subscription.closed; last--) {
        // the newest is answered first, as long as there is another: everything behind the oldest is held
        for (let held = 0; net.inFlight > 1; held++) {
          expect(held).toBeLessThan(size);
          net.answer(200, net.urls.at(-1));
          await turn();
          most = Math.max(most, inputs.pulled - passed.length);
        }
        net.answer();
        await turn();
        most = Math.max(most, inputs.pulled - passed.length);
        expect(last).toBeGreaterThanOrEqual(0);
      }
      expect(passed).toEqual(urls(size).map((_, index) => index));
      expect(most).toBe(Math.min(window, size));
    },
  );

  it.each([1, 3])(
    'a for await loop has no more than the concurrency of %i pulled and not taken',
    async (slots) => {
      const inputs = new Inputs();
      const net = new Net();
      let taken = 0;
      let most = 0;
      for await (const { ok } of iterate(form(inputs), {
        concurrency: slots,
        transport: (request) => {
          setImmediate(() => {
            net.answerAll();
          });
          return net.transport(request);
        },
      })) {
        taken += ok ? 1 : 0;
        for (let rest = 0; rest < 4; rest++) await turn();
        // the loop has taken this one, and its slots are full with others
        most = Math.max(most, inputs.pulled - taken);
      }
      expect(taken).toBe(size);
      expect(most).toBe(slots);
    },
  );

  it.each(Object.keys(between))(
    'nobody waits for ever for what was dropped or kept by %s',
    async (operator) => {
      const through = between[operator] ?? ((records$: Records$) => records$);
      for (const window of [1, 2, concurrency, 100]) {
        const inputs = new Inputs();
        const net = new Net();
        const subscription = fetchFrom(form(inputs), { concurrency, transport: net.transport })
          .pipe(through, inOrder({ window }))
          .subscribe();
        for (let round = 0; round < size * 2 && !subscription.closed; round++) {
          await turn();
          if (net.inFlight > 0) net.answer(round % 2 === 0 ? 200 : 404, net.urls.at(-1));
        }
        expect([subscription.closed, inputs.pulled]).toEqual([true, size]);
      }
    },
  );
});

describe('what cannot be slowed', () => {
  leavesNothingBehind();
  expectsNothingUnhandled();

  it.each([1, 2, 7])('goes through inOrder with a window of %i all the same', (window) => {
    const net = new Net();
    const passed: number[] = [];
    from(urls(size))
      .pipe(fetchEach({ concurrency, transport: net.transport }), inOrder({ window }))
      .subscribe(({ index }) => passed.push(index));
    let most = 0;
    while (net.inFlight > 0) {
      most = Math.max(most, net.inFlight);
      net.answer(200, net.urls.at(-1));
    }
    expect(passed).toEqual(urls(size).map((_, index) => index));
    expect(most).toBe(Math.min(window, concurrency));
  });

  it('goes through a for await loop, with no more in flight than have been taken', async () => {
    const net = new Net();
    const records$ = from(urls(size)).pipe(fetchEach({ concurrency: 1, transport: net.transport }));
    let seen = 0;
    const loop = async (): Promise<void> => {
      for await (const { index } of toAsyncIterable(records$)) {
        expect(index).toBe(seen++);
        expect(net.asked).toBeLessThanOrEqual(seen + 1);
      }
    };
    const over = loop();
    for (let round = 0; round < size; round++) {
      net.answer();
      await turn();
    }
    await over;
    expect(seen).toBe(size);
  });
});

describe('a slow consumer', () => {
  leavesNothingBehind();
  expectsNothingUnhandled();

  it.each(Object.keys(between).filter((operator) => !operator.includes('everything')))(
    'slows a pipeline that gives its records through %s',
    async (operator) => {
      const inputs = new Inputs();
      const net = new Net();
      const through = between[operator] ?? ((records$: Records$) => records$);
      const status = operator === 'failures' ? 404 : 200;
      const records$ = fetchFrom(inputs.generator(), { concurrency, transport: net.transport }).pipe(through);
      const iterator = toAsyncIterable(records$)[Symbol.asyncIterator]();
      const first = iterator.next();
      net.answerAll(status);
      await first;
      await turn();
      expect(net.inFlight).toBe(0);
      const { pulled } = inputs;
      expect(pulled).toBeLessThan(size / 2);
      await turn();
      expect(inputs.pulled).toBe(pulled); // nobody asks: nothing moves
      await iterator.next();
      expect(inputs.pulled).toBeGreaterThan(pulled);
      await iterator.return?.();
    },
  );

  it('slows one pipeline of a fetcher and not the others', async () => {
    const net = new Net();
    const fetcher = createFetcher({ concurrency, transport: net.transport });
    const inputs = new Inputs();
    const iterator = toAsyncIterable(fetcher.fetchFrom(inputs.generator()))[Symbol.asyncIterator]();
    const first = iterator.next();
    net.answerAll();
    await first;
    const { pulled } = inputs;
    let others = 0;
    fetcher.fetchFrom(urls(size)).subscribe(() => others++);
    net.answerAll();
    expect([others, inputs.pulled]).toEqual([size, pulled]);
    await iterator.return?.();
  });

  it('slows mergeFrom as well', async () => {
    const inputs = new Inputs();
    const merged$ = mergeFrom(inputs.generator(), (url) => [url], { concurrency });
    const iterator = toAsyncIterable(merged$)[Symbol.asyncIterator]();
    expect(await iterator.next()).toEqual({ done: false, value: 'http://h/0' });
    expect(inputs.pulled).toBeLessThanOrEqual(1 + concurrency);
    await iterator.return?.();
  });

  it.each([1, 2])('of mergeFrom over an async source gets all of it at concurrency %i', async (slots) => {
    const inputs = new Inputs();
    const seen: string[] = [];
    for await (const url of toAsyncIterable(
      mergeFrom(inputs.asyncGenerator(), (one) => [one], { concurrency: slots }),
    )) {
      seen.push(url);
    }
    expect(seen).toEqual(urls(size));
  });

  // what mapSuccess has under way is neither in flight nor held: it does not count against the pull
  it.fails('slows a pipeline through mapSuccess that takes its time', async () => {
    const inputs = new Inputs();
    const net = new Net();
    const options: FetchOptions = { concurrency, transport: net.transport };
    const records$ = fetchFrom(inputs.generator(), options).pipe(mapSuccess(() => turn().then(turn)));
    const iterator = toAsyncIterable(records$)[Symbol.asyncIterator]();
    const first = iterator.next();
    net.answerAll();
    await first;
    await iterator.return?.();
    expect(inputs.pulled).toBeLessThanOrEqual(1 + concurrency);
  });

  // the same, for the window of inOrder
  it.fails('does not let inOrder exceed its window behind mapSuccess that takes its time', () => {
    const inputs = new Inputs();
    const net = new Net();
    const subscription = fetchFrom(inputs.generator(), { concurrency, transport: net.transport })
      .pipe(
        mapSuccess(() => turn()),
        inOrder({ window: 8 }),
      )
      .subscribe();
    net.answerAll();
    subscription.unsubscribe();
    expect(inputs.pulled).toBeLessThanOrEqual(8);
  });

  it('does not slow what its own callbacks start', () => {
    let inFlight = 0;
    const net = new Net();
    const inner = (): Records$ =>
      fetchFrom(urls(20), {
        concurrency: 10,
        transport: (request) => {
          inFlight++;
          return net.transport(request);
        },
      });
    const subscription = fetchFrom(['http://outer/'], {
      transport: (request) => of(page(String(request.url))),
      project: inner,
    })
      .pipe(inOrder({ window: 2 }))
      .subscribe();
    expect(inFlight).toBe(10);
    subscription.unsubscribe();
  });
});

describe('a window', () => {
  leavesNothingBehind();
  expectsNothingUnhandled();

  it('lets pull on at once when what it waited for comes later than its attempt', () => {
    const inputs = new Inputs();
    const net = new Net();
    const first = new Subject<string>();
    const passed: number[] = [];
    const subscription = fetchFrom(inputs.generator(), { concurrency: 2, transport: net.transport })
      .pipe(
        mapSuccess((_, { index }) => (index === 0 ? first : of('at once'))),
        inOrder({ window: 2 }),
      )
      .subscribe(({ index }) => passed.push(index));
    net.answer();
    net.answer();
    expect([passed, net.inFlight]).toEqual([[], 1]);
    first.next('first');
    first.complete();
    expect([passed, net.inFlight]).toEqual([[0, 1], 2]);
    subscription.unsubscribe();
  });

  it(
    'of any size lets everything through in order, whatever is dropped before it and whenever answers come',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...Object.keys(forms), 'fetchEach'),
          fc.integer({ min: 1, max: 6 }),
          fc.integer({ min: 1, max: 6 }),
          fc.array(fc.nat(size), { maxLength: 20 }),
          fc.infiniteStream(fc.nat(5)),
          async (name, window, slots, dropped, choice) => {
            const inputs = new Inputs();
            const net = new Net();
            const options = { concurrency: slots, transport: net.transport };
            const make = forms[name];
            const records$: Records$ = make
              ? fetchFrom(make(inputs), options)
              : from(inputs.generator()).pipe(fetchEach(options));
            const passed: number[] = [];
            let most = 0;
            const subscription = records$
              .pipe(
                filter(({ index }) => !dropped.includes(index)),
                inOrder({ window }),
                map(({ index }) => passed.push(index)),
              )
              .subscribe();
            for (let round = 0; round < size * 2 && !subscription.closed; round++) {
              await turn();
              most = Math.max(most, net.inFlight);
              if (net.inFlight > 0) net.answer(200, net.urls[(choice.next().value ?? 0) % net.inFlight]);
            }
            expect(subscription.closed).toBe(true);
            expect(most).toBeLessThanOrEqual(Math.min(slots, window));
            expect(passed).toEqual(
              urls(size).flatMap((_, index) => (dropped.includes(index) ? [] : [index])),
            );
          },
        ),
        { numRuns },
      );
    },
    timeLimit,
  );
});
