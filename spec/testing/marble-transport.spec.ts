import { catchError, concat, EMPTY, retry, Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import type { FetchEvent } from '../../lib/model/event.js';
import { FetchError } from '../../lib/model/fetch-error.js';
import { failure, page, type MarbleValues, type Route } from '../../lib/testing/index.js';
import { marbles } from '../support/marbles.js';

const a = 'http://a/';
const b = 'http://b/';

describe('a transport drawn in marbles', () => {
  it.each([
    ['p', 200],
    ['2', 200],
    ['3', 304],
    ['4', 404],
    ['5', 503],
  ])('answers a letter %s with an empty page of status %i at its URL', (letter, status) => {
    marbles(({ transport, expectObservable }) => {
      const net = transport({ [a]: `-(${letter}|)` });
      expectObservable(net({ url: a })).toBe('-(x|)', { x: page(a, { status }) });
    })();
  });

  it(
    'answers other letters with the pages they are said to be, and a known one, too',
    marbles(({ transport, expectObservable }) => {
      const x = page(a, { body: 'x' });
      const p = page(a, { body: 'not the usual one' });
      const net = transport({ [a]: 'x-(p|)' }, { x, p });
      expectObservable(net({ url: a })).toBe('x-(p|)', { x, p });
    }),
  );

  it(
    'errors for # with a `network` failure that may be tried again, or as it is told',
    marbles(({ transport, expectObservable }) => {
      const usual = new FetchError('network', 'the connection was drawn to break', { retryable: true });
      expectObservable(transport({ [a]: '-#' })({ url: a })).toBe('-#', undefined, usual);
      expectObservable(transport({ [a]: '-#' }, {}, 'own')({ url: a })).toBe('-#', undefined, 'own');
    }),
  );

  it(
    'breaks with a letter that stands for an error, and lets go of the diagram',
    marbles(({ transport, failure, expectObservable, expectSubscriptions }) => {
      const { error } = failure('dns');
      const net = transport({ [a]: '--d--(p|)' }, { d: error });
      expectObservable(net({ url: a })).toBe('--#', undefined, error);
      expectSubscriptions(net.attempt(a).subscriptions).toBe('^-!');
    }),
  );

  it(
    'is in the phases that h and b begin, and tells of the response once, at its head',
    marbles(({ transport, expectEvents, expectResults }) => {
      const events = new Subject<FetchEvent>();
      const net = transport({ [a]: '--h---b---(4|)', [b]: '---(p|)' });
      expectResults(fetchFrom([a, b], { transport: net, events })).toBe('---b------(A|)');
      expectEvents(events).toBe({ a: 's-----r---x', b: 's--o' });
    }),
  );

  it.each([
    ['connect', '-', 'no h', '---(A|)'],
    ['connect', '---h-b-(p|)', 'late h', '---(A|)'],
    ['headers', '-h---b-(p|)', 'late b', '----(A|)'],
    ['body', '-h-b-----(p|)', 'late page', '------(A|)'],
    ['body', '--h--b--(p|)', 'all in time', '--------(a|)'],
  ] as const)('times %s out: %s (%s)', (phase, route, _, drawn) => {
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a]: route === '-' ? '-----------------h' : route });
      const results$ = fetchFrom([a], { transport: net, timeout: { [phase]: 3 }, retry: false });
      expectResults(results$).toBe(drawn, drawn.includes('A') ? { A: { kind: 'timeout', phase } } : {});
    })();
  });

  it(
    'has one diagram for every attempt, or one for each in turn',
    marbles(({ transport, expectObservable }) => {
      const net = transport({ [a]: '--#', [b]: ['-#', '---(p|)'] });
      expectObservable(net({ url: a })).toBe('--#', undefined, expect.anything());
      expectObservable(net({ url: a })).toBe('--#', undefined, expect.anything());
      expectObservable(net({ url: b })).toBe('-#', undefined, expect.anything());
      expectObservable(net({ url: b })).toBe('---(p|)', { p: page(b) });
    }),
  );

  it('errors where no diagram is drawn, says which is missing, and the test fails', () => {
    const missing = (attempt: number, url: string): Error =>
      new Error(`No diagram is drawn for attempt ${attempt} at ${url}`);
    const test = marbles(({ flush, transport, expectObservable }) => {
      const net = transport({ [a]: ['-(p|)'] });
      expectObservable(net({ url: b })).toBe('#', undefined, missing(1, b));
      expectObservable(concat(net({ url: a }), net({ url: a }))).toBe('-(p#)', { p: page(a) }, missing(2, a));
      flush();
      expect(net.missing).toEqual([missing(1, b).message, missing(2, a).message]);
    });
    expect(test).toThrow(missing(1, b));
  });

  it.each<[string, Route, MarbleValues, string]>([
    ['a letter that stands for nothing', '-w', {}, '`w` in `-w`, the route of http://a/, stands for nothing'],
    [
      'a record',
      '-w',
      { w: failure('dns') as never },
      'expected `w` to stand for a page or an Error, got an object (Object): give its `error`',
    ],
    [
      'a value that is no page',
      '-w',
      { w: 'hello' as never },
      'expected `w` to stand for a page or an Error, got "hello" (string)',
    ],
    ['an open group', '-(p|', {}, 'A group is not closed'],
    ['a time without its spaces', '-10ms(p|)', {}, 'A time needs a space on both sides'],
  ])('refuses %s', (_, route, values, sentence) => {
    const test = marbles(({ transport }) => {
      transport({ [a]: route }, values);
    });
    expect(test).toThrow(sentence);
  });

  it(
    'writes down what it was asked, when, and as often as it was subscribed to',
    marbles(({ flush, scheduler, transport }) => {
      const net = transport({ [a]: ['-#', '-#'], [b]: '-(p|)' });
      net({ url: a })
        .pipe(
          retry(1),
          catchError(() => EMPTY),
        )
        .subscribe();
      scheduler.schedule(() => {
        net({ url: new URL('http://B') }).subscribe();
      }, 4);
      void net({ url: b });
      flush();
      expect(net.log).toEqual([
        { frame: 0, url: a, attempt: 1 },
        { frame: 1, url: a, attempt: 2 },
        { frame: 4, url: b, attempt: 1 },
      ]);
    }),
  );

  it(
    'gives the attempts for subscription marbles',
    marbles(({ transport, expectObservable, expectSubscriptions }) => {
      const net = transport({ [a]: ['--(p|)', '-----(p|)'], [b]: '---(p|)' });
      expectObservable(net({ url: a })).toBe('--(p|)', { p: page(a) });
      expectObservable(net({ url: a }), '---!').toBe('-');
      expectObservable(net({ url: b }), '--^').toBe('-----(p|)', { p: page(b) });
      expectSubscriptions(net.attempt(a).subscriptions).toBe('   ^-!');
      expectSubscriptions(net.attempt(a, 1).subscriptions).toBe('^-!');
      expectSubscriptions(net.attempt(a, 2).subscriptions).toBe('^--!');
      expectSubscriptions(net.attempt(b).subscriptions).toBe('   --^--!');
    }),
  );

  it(
    'refuses to give an attempt that was not drawn',
    marbles(({ transport }) => {
      const net = transport({ [a]: ['-#'] });
      expect(() => net.attempt(a, 2)).toThrow('No diagram is drawn for attempt 2 at http://a/');
      expect(() => net.attempt(b)).toThrow('No diagram is drawn for attempt 1 at http://b/');
    }),
  );
});

describe('page', () => {
  it('is an empty page of status 200 when nothing else is said', () => {
    const made = page(a);
    expect(made).toMatchObject({ url: a, redirects: [], status: 200, headers: {}, encodedBytes: 0 });
    expect(made.text()).toBe('');
    expect(made.body).toHaveLength(0);
  });

  it('is what it is told to be', () => {
    const made = page(a, {
      status: 418,
      headers: { 'content-type': 'application/json' },
      body: '{"tea":"Grüner"}',
      redirects: [b],
    });
    expect(made).toMatchObject({
      status: 418,
      redirects: [b],
      headers: { 'content-type': 'application/json' },
    });
    expect(made.json()).toEqual({ tea: 'Grüner' });
    expect(made.encodedBytes).toBe(17);
  });

  it('takes bytes for its body as they are', () => {
    const body = new Uint8Array([0xe4]);
    const made = page(a, { body, headers: { 'content-type': 'text/plain; charset=latin1' } });
    expect(made.body).toBe(body);
    expect(made.text()).toBe('ä');
  });
});
