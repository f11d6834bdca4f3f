import { config, filter, map, Observable, of, Subject } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import type { FetchEvent } from '../../lib/model/event.js';
import { fetchEach } from '../../lib/operators/fetch-each.js';
import { page } from '../../lib/testing/index.js';
import { marbles } from '../support/marbles.js';

const a = 'http://a/';
const b = 'http://b/';
const atOnce = { transport: () => of(page(a)) };

describe('events', () => {
  it(
    'tell of the pull, each start, each response, each wait and the record, with index and time',
    marbles(({ failure, flush, transport }) => {
      const broken = failure('network').error;
      const net = transport({ [a]: ['-----#', 'c-h-b-(p|)'] }, {}, broken);
      const events: FetchEvent[] = [];
      const observer = { next: (event: FetchEvent) => events.push(event) };
      fetchFrom([a], { transport: net, retry: { backoff: () => 3 }, events: observer }).subscribe();
      flush();
      const request = { url: a };
      const result = expect.objectContaining({ ok: true, attempts: 2, waited: 3, duration: 14 }) as unknown;
      expect(events).toEqual([
        { type: 'pull', index: 0, at: 0, request },
        { type: 'start', index: 0, at: 0, request, attempt: 1 },
        { type: 'wait', index: 0, at: 5, attempt: 1, until: 8, error: broken },
        { type: 'start', index: 0, at: 8, request, attempt: 2 },
        { type: 'response', index: 0, at: 12, attempt: 2, status: 200, sent: 10 },
        { type: 'settle', index: 0, at: 14, result },
      ]);
    }),
  );

  it(
    'come as things happen',
    marbles(({ transport, expectEvents, expectResults }) => {
      const events = new Subject<FetchEvent>();
      const net = transport({ [a]: '----(p|)', [b]: ['------#', 'h-b-(p|)'] });
      const results = '----a------------(b|)';

      expectEvents(events).toBe({
        a: '           s---o',
        b: '           ....s-----w..s-r-o',
      });
      const options = { transport: net, concurrency: 1, retry: { backoff: () => 3 }, events };
      expectResults(fetchFrom([a, b], options)).toBe(results);
    }),
  );

  it(
    'tell of a pull when fetchEach receives an input, though its start comes later',
    marbles(({ hot, transport, expectObservable, expectResults }) => {
      const events = new Subject<FetchEvent>();
      const net = transport({ [a]: '-----(p|)', [b]: '-(p|)' });
      const source = hot('        -a-b---|', { a, b });
      const pulls = '             -0-1';
      const starts = '            -0----1';
      const settles = '           ------01';
      const told = (type: FetchEvent['type']): Observable<string> =>
        events.pipe(
          filter((event) => event.type === type),
          map(({ index }) => String(index)),
        );

      expectObservable(told('pull')).toBe(pulls);
      expectObservable(told('start')).toBe(starts);
      expectObservable(told('settle')).toBe(settles);
      expectResults(source.pipe(fetchEach({ transport: net, concurrency: 1, events }))).toBe('------a(b|)');
    }),
  );

  it('tell of bad input a pull and a record, and no start', () => {
    const types: string[] = [];
    fetchFrom(['nowhere'], { events: { next: ({ type }) => types.push(type) } }).subscribe();
    expect(types).toEqual(['pull', 'settle']);
  });

  it('hand over the very record that is emitted', () => {
    const settled: unknown[] = [];
    const emitted: unknown[] = [];
    const events = {
      next: (event: FetchEvent) => {
        if (event.type === 'settle') settled.push(event.result);
      },
    };
    fetchFrom([a, b], { ...atOnce, events }).subscribe((result) => emitted.push(result));
    expect(settled).toHaveLength(2);
    expect(settled[0]).toBe(emitted[0]);
    expect(settled[1]).toBe(emitted[1]);
  });

  it('are told to each subscription’s own run, from index 0', () => {
    const pulls: number[] = [];
    const events = {
      next: ({ type, index }: FetchEvent) => {
        if (type === 'pull') pulls.push(index);
      },
    };
    const results$ = fetchFrom([a, b], { ...atOnce, events });
    results$.subscribe();
    results$.subscribe();
    expect(pulls).toEqual([0, 1, 0, 1]);
  });

  it('call nothing but `next`, with the observer as `this`', () => {
    class Counter {
      count = 0;
      next(): void {
        this.count++;
      }
      complete(): void {
        expect.unreachable('the events of a pipeline do not complete its observer');
      }
    }
    const counter = new Counter();
    fetchFrom([a], { ...atOnce, events: counter }).subscribe();
    expect(counter.count).toBe(3);
  });

  it('may go to a Subscriber, which several pipelines share and none ends', () => {
    const types: string[] = [];
    const events$ = new Observable<FetchEvent>((subscriber) => {
      fetchFrom([a], { ...atOnce, events: subscriber }).subscribe();
      fetchFrom([b], { ...atOnce, events: subscriber }).subscribe();
    });
    events$.subscribe(({ type }) => types.push(type));
    expect(types).toEqual(['pull', 'start', 'settle', 'pull', 'start', 'settle']);
  });
});

describe('an observer of events that throws', () => {
  afterEach(() => {
    config.onUnhandledError = null;
  });

  it('is reported as RxJS reports it, and disturbs nothing', async () => {
    const reported = new Promise<unknown[]>((resolve) => {
      const errors: unknown[] = [];
      config.onUnhandledError = (error) => {
        if (errors.push(error) === 3) resolve(errors);
      };
    });
    const broken = new Error('the progress bar fell over');
    const records: number[] = [];
    const next = (): never => {
      throw broken;
    };
    fetchFrom([a], { ...atOnce, events: { next } }).subscribe(({ index }) => records.push(index));
    expect(records).toEqual([0]);
    expect(await reported).toEqual([broken, broken, broken]);
  });
});
