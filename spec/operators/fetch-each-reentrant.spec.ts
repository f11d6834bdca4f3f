import { map, Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { FetchEvent } from '../../lib/model/event.js';
import { fetchEach } from '../../lib/operators/fetch-each.js';
import { marbles, startsOf } from '../support/marbles.js';

const a = 'http://a/';
const b = 'http://b/';
const c = 'http://c/';
const routes = { [a]: '--(p|)', [b]: '--(p|)', [c]: '--(p|)' };

/** Calls when the first input is pulled, within that pull. */
const onFirstPull = (call: () => void): { next: (event: FetchEvent) => void } => ({
  next: ({ type, index }) => {
    if (type === 'pull' && index === 0) call();
  },
});

describe('fetchEach, of what is pushed while an input is taken in,', () => {
  it(
    'starts it after its elder',
    marbles(({ flush, scheduler, transport, expectResults }) => {
      const net = transport(routes);
      const source = new Subject<string>();
      const events = onFirstPull(() => {
        source.next(b);
        source.next(c);
      });
      expectResults(source.pipe(fetchEach({ transport: net, concurrency: 1, events }))).toBe('---a-b-c', {
        a: { index: 0, url: a },
        b: { index: 1, url: b },
        c: { index: 2, url: c },
      });
      scheduler.schedule(() => source.next(a), 1);
      flush();
      expect(startsOf(net)).toBe('1a 3b 5c');
    }),
  );

  it(
    'counts it after its elder, though a callback of the caller’s pushes it before that has its index',
    marbles(({ scheduler, transport, expectObservable }) => {
      const source = new Subject<string>();
      const key = ({ url }: { readonly url: string | URL }): string => {
        if (url === a) source.next(b);
        return String(url);
      };
      const options = { transport: transport(routes), perHost: { key } };
      const seen$ = source.pipe(
        fetchEach(options),
        map(({ index, request }) => `${index} ${String(request.url)}`),
      );
      expectObservable(seen$).toBe('---(ab)', { a: `0 ${a}`, b: `1 ${b}` });
      scheduler.schedule(() => source.next(a), 1);
    }),
  );

  it(
    'fetches it when the source completes in that very call',
    marbles(({ scheduler, transport, expectResults }) => {
      const source = new Subject<string>();
      const events = onFirstPull(() => {
        source.next(b);
        source.complete();
      });
      const options = { transport: transport({ [a]: '(p|)', [b]: '(p|)' }), events };
      expectResults(source.pipe(fetchEach(options))).toBe('-(ab|)');
      scheduler.schedule(() => source.next(a), 1);
    }),
  );

  it(
    'does not pull it when the signal is aborted in that very call',
    marbles(({ scheduler, transport, expectResults }) => {
      const source = new Subject<string>();
      const controller = new AbortController();
      const events = onFirstPull(() => {
        source.next(b);
        controller.abort();
        source.next(c);
      });
      const options = { transport: transport({}), events, signal: controller.signal };
      expectResults(source.pipe(fetchEach(options))).toBe('-(A|)', {
        A: { kind: 'cancelled', index: 0 },
      });
      scheduler.schedule(() => source.next(a), 1);
    }),
  );

  it.each([
    ['drop-newest', '-C-a-b', { C: { index: 2, kind: 'overflow' } }],
    ['drop-oldest', '-B-a-c', { B: { index: 1, kind: 'overflow' } }],
  ] as const)('gives up what does not fit by its age: %s', (overflow, expected, records) => {
    marbles(({ scheduler, transport, expectResults }) => {
      const source = new Subject<string>();
      const events = onFirstPull(() => {
        source.next(b);
        source.next(c);
      });
      const options = { transport: transport(routes), concurrency: 1, events, maxQueued: 1, overflow };
      expectResults(source.pipe(fetchEach(options))).toBe(expected, records);
      scheduler.schedule(() => source.next(a), 1);
    })();
  });

  it(
    'fetches an input whose own reading completes the source',
    marbles(({ scheduler, transport, expectResults }) => {
      const source = new Subject<string>();
      const key = (): string => {
        source.complete();
        return '';
      };
      const options = { transport: transport(routes), perHost: { key } };
      expectResults(source.pipe(fetchEach(options))).toBe('---(a|)');
      scheduler.schedule(() => source.next(a), 1);
    }),
  );
});
