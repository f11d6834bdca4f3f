import {
  BehaviorSubject,
  concat,
  defer,
  map,
  NEVER,
  of,
  startWith,
  Subject,
  takeUntil,
  throwError,
} from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import { fetchEach } from '../../lib/operators/fetch-each.js';
import { failures } from '../../lib/operators/failures.js';
import { urlsOf, watched } from '../support/inputs.js';
import { marbles, startsOf } from '../support/marbles.js';

const a = 'http://a/';
const b = 'http://b/';
const c = 'http://c/';

/** Every page takes 6 ms. */
const routes = Object.fromEntries(urlsOf('abcdef').map((url) => [url, '------(p|)']));

const limits = { 0: 0, 1: 1, 2: 2, 3: 3 };

describe('concurrency', () => {
  it(
    'is 16 by default',
    marbles(({ flush, transport, expectResults }) => {
      const net = transport({ [a]: '----(p|)' });
      expectResults(fetchFrom(Array<string>(20).fill(a), { transport: net }).pipe(failures())).toBe(
        '--------|',
      );
      flush();
      expect(net.log.map(({ frame }) => frame)).toEqual([
        ...Array<number>(16).fill(0),
        ...Array<number>(4).fill(4),
      ]);
    }),
  );

  it(
    'is the most attempts under way, whatever comes of them',
    marbles(({ flush, transport, expectResults }) => {
      const net = transport({ ...routes, [a]: '---#', [b]: '-----(4|)' });
      const options = { transport: net, concurrency: 2, retry: false } as const;
      expectResults(fetchFrom(urlsOf('abcdef'), options)).toBe('---A-B---c-d---e-(f|)');
      flush();
      expect(startsOf(net)).toBe('0a 0b 3c 5d 9e 11f');
    }),
  );

  it(
    'starts inputs in their order, however they settle',
    marbles(({ flush, transport, expectResults }) => {
      const net = transport({ ...routes, [b]: '-(p|)', [c]: '--(p|)' });
      expectResults(fetchFrom(urlsOf('abcde'), { transport: net, concurrency: 2 })).toBe('-b-c--a--d--(e|)');
      flush();
      expect(startsOf(net)).toBe('0a 0b 1c 3d 6e');
    }),
  );
});

describe('concurrency as an Observable', () => {
  it(
    'starts more at once when it is raised',
    marbles(({ cold, flush, transport, expectResults }) => {
      const net = transport(routes);
      const concurrency = cold('   ---2--3---', limits).pipe(startWith(1));
      const expected = '           ------a--b--(cd|)';

      expectResults(fetchFrom(urlsOf('abcd'), { transport: net, concurrency })).toBe(expected);
      flush();
      expect(startsOf(net)).toBe('0a 3b 6c 6d');
    }),
  );

  it(
    'lets what is under way finish when it is lowered, and starts nothing until there is room',
    marbles(({ cold, flush, transport, expectResults }) => {
      const net = transport(routes);
      const concurrency = cold('   ---1------', limits).pipe(startWith(3));
      const expected = '           ------(abc)-d-----(e|)';

      expectResults(fetchFrom(urlsOf('abcde'), { transport: net, concurrency })).toBe(expected);
      flush();
      expect(startsOf(net)).toBe('0a 0b 0c 6d 12e');
    }),
  );

  it(
    'pauses at 0, and goes on after that',
    marbles(({ cold, transport, expectObservable, expectResults, expectSubscriptions }) => {
      const inputs = watched('abc');
      const net = transport(routes);
      const concurrency = cold('   --0-------1---', limits).pipe(startWith(1));
      const pulls = '              a---------b-----c-----E';
      const fetchA = '             ^-----!';
      const fetchB = '             ----------^-----!';
      const expected = '           ------a---------b-----(c|)';

      expectObservable(inputs.pulls$).toBe(pulls);
      expectResults(fetchFrom(inputs, { transport: net, concurrency })).toBe(expected);
      expectSubscriptions(net.attempt(a).subscriptions).toBe(fetchA);
      expectSubscriptions(net.attempt(b).subscriptions).toBe(fetchB);
    }),
  );

  it(
    'pauses from the beginning, when it says 0 at once',
    marbles(({ cold, transport, expectResults, expectSubscriptions }) => {
      const net = transport(routes);
      const concurrency = cold('   ---1', limits).pipe(startWith(0));
      expectResults(fetchFrom([a], { transport: net, concurrency })).toBe('---------(a|)');
      expectSubscriptions(net.attempt(a).subscriptions).toBe('             ---^-----!');
    }),
  );

  it(
    'is 16 until its first value comes',
    marbles(({ cold, flush, transport, expectResults }) => {
      const net = transport(routes);
      const concurrency = cold('   ---1', limits);
      expectResults(fetchFrom(urlsOf('abcd'), { transport: net, concurrency })).toBe('------(abcd|)');
      flush();
      expect(startsOf(net)).toBe('0a 0b 0c 0d');
    }),
  );

  it(
    'keeps its last value when it completes',
    marbles(({ flush, transport, expectResults }) => {
      const net = transport(routes);
      expectResults(fetchFrom(urlsOf('abc'), { transport: net, concurrency: of(3, 1) })).toBe(
        '------a-----b-----(c|)',
      );
      flush();
      expect(startsOf(net)).toBe('0a 6b 12c');
    }),
  );

  it(
    'keeps its last value when it errors: only the source may fail the results',
    marbles(({ cold, flush, transport, expectResults }) => {
      const net = transport(routes);
      const concurrency = cold('   ---#', limits).pipe(startWith(1));
      expectResults(fetchFrom(urlsOf('ab'), { transport: net, concurrency })).toBe('------a-----(b|)');
      const broken = throwError(() => new Error('no answer'));
      expectResults(fetchFrom([c], { transport: net, concurrency: broken })).toBe('         ------(a|)');
      flush();
      expect(startsOf(net)).toBe('0a 0c 6b');
    }),
  );

  it.each([NaN, -1, -Infinity, undefined, null, '3', true, {}, []])('takes no notice of %j', (garbage) => {
    marbles(({ cold, flush, transport, expectResults }) => {
      const net = transport(routes);
      const concurrency = cold(' --g', { g: garbage as number }).pipe(startWith(1));
      expectResults(fetchFrom(urlsOf('ab'), { transport: net, concurrency })).toBe('------a-----(b|)');
      flush();
      expect(startsOf(net)).toBe('0a 6b');
    })();
  });

  it(
    'takes 2.9 for 2',
    marbles(({ flush, transport, expectResults }) => {
      const net = transport(routes);
      expectResults(fetchFrom(urlsOf('abc'), { transport: net, concurrency: of(2.9) })).toBe(
        '------(ab)--(c|)',
      );
      flush();
      expect(startsOf(net)).toBe('0a 0b 6c');
    }),
  );

  it(
    'takes Infinity for all at once',
    marbles(({ flush, transport, expectResults }) => {
      const net = transport({ [a]: '-(p|)' });
      const results$ = fetchFrom(Array<string>(500).fill(a), { transport: net, concurrency: of(Infinity) });
      expectResults(results$.pipe(failures())).toBe('-|');
      flush();
      expect(net.log.filter(({ frame }) => frame === 0)).toHaveLength(500);
    }),
  );

  it(
    'is subscribed to while a pipeline runs, and no longer',
    marbles(({ hot, transport, expectResults, expectSubscriptions }) => {
      const concurrency = hot('----2-----', limits);
      const net = transport(routes);
      const results$ = fetchFrom([a], { transport: net, concurrency });

      expectResults(results$, '--^---').toBe('   --------(a|)');
      expectResults(results$, '---^-!').toBe('   -');
      expectSubscriptions(concurrency.subscriptions).toBe(['--^-----!', '---^-!']);
    }),
  );

  it(
    'may make somebody unsubscribe in the very call that subscribes to it',
    marbles(({ hot, transport, expectResults, expectSubscriptions }) => {
      const left = new Subject<void>();
      const values = hot('--1', limits);
      const concurrency = defer(() => {
        left.next();
        return values;
      });
      expectResults(fetchFrom([a], { transport: transport(routes), concurrency }).pipe(takeUntil(left))).toBe(
        '|',
      );
      expectSubscriptions(values.subscriptions).toBe('(^!)');
    }),
  );

  it(
    'pauses at once where the very input says so that is being pulled',
    marbles(({ scheduler, transport, expectResults }) => {
      const concurrency = new BehaviorSubject(2);
      const pulled: string[] = [];
      function* inputs(): Generator<string> {
        for (const url of urlsOf('abcd')) {
          pulled.push(url);
          if (url === b) concurrency.next(0);
          yield url;
        }
      }
      scheduler.schedule(() => {
        expect(pulled).toEqual([a, b]);
        concurrency.next(2);
      }, 8);
      expectResults(fetchFrom(inputs(), { transport: transport(routes), concurrency })).toBe(
        '------a-------(bc)--(d|)',
      );
    }),
  );

  it(
    'may be changed by what the pipeline itself emits',
    marbles(({ flush, transport, expectResults }) => {
      const net = transport(routes);
      const concurrency = new BehaviorSubject(1);
      const source = concat(of(...urlsOf('abcd')), NEVER);
      const results$ = source.pipe(
        fetchEach({ transport: net, concurrency }),
        map((result) => {
          concurrency.next(3);
          return result;
        }),
      );
      expectResults(results$).toBe('------a-----(bcd)');
      flush();
      expect(startsOf(net)).toBe('0a 6b 6c 6d');
    }),
  );
});
