import { readFileSync } from 'node:fs';
import type { OperatorFunction } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  catchFailure,
  coalesce,
  createFetcher,
  failures,
  fetchEach,
  fetchFrom,
  FetchError,
  hedge,
  inOrder,
  mapSuccess,
  mergeFrom,
  successes,
  tapResult,
  toBatch,
  toBatchOrThrow,
  toFirstSuccess,
  type FetchResult,
} from '../../lib/index.js';
import { marbles, type MarbleHelpers } from '../../lib/testing/index.js';
import { root } from './program.js';

/** Reads a row of a diagram: what stands behind its label. Of several diagrams in a row, number `which`. */
type Row = (label: string, which?: number) => string;

/** A test that is given the rows of the first diagram of a file. */
function drawnIn(path: string, test: (row: Row, helpers: MarbleHelpers) => void): () => void {
  const [, diagram = ''] = / \* ```\n([^]*?)\n \* ```/.exec(readFileSync(`${root}lib/${path}`, 'utf8')) ?? [];
  const rows = diagram.split('\n').map((line) => line.replace(/^ \* /, '').split(/ {2,}/));
  const row: Row = (label, which = 1) => {
    const found = rows.find(([first]) => first === label)?.[which];
    if (found === undefined) throw new Error(`${path} draws no ${label}`);
    return found;
  };
  const same = (actual: unknown, expected: unknown): void => {
    expect(actual).toEqual(expected);
  };
  return marbles(same, (helpers) => {
    test(row, helpers);
  });
}

const a = 'http://a/';
const b = 'http://b/';
const c = 'http://c/';
const error = new FetchError('network', 'it broke');

const success = (index: number, value: unknown): FetchResult<unknown> => {
  return { ok: true, index, value, request: { url: a }, attempts: 1, waited: 0, duration: 1 };
};
const failure = (index: number): FetchResult<unknown> => {
  return { ok: false, index, error, request: { url: a }, attempts: 1, waited: 0, duration: 1 };
};

/** What a letter is: `a`, `b`, `c` and `d` are successes of inputs 0 to 3. */
const records = {
  ...{ a: success(0, 'a'), b: success(1, 'b'), c: success(2, 'c'), d: success(3, 'd') },
  ...{ f: failure(4), g: failure(5) },
};

describe('the diagrams of the docstrings', () => {
  it(
    'of fetchFrom',
    drawnIn('creators/fetch-from.ts', (row, { transport, expectResults }) => {
      const net = transport({
        [a]: row('attempt at a'),
        [b]: row('attempt at b'),
        [c]: row('attempt at c'),
        'http://d/': row('attempt at d'),
      });
      const results$ = fetchFrom([a, b, c, 'http://d/'], { transport: net, concurrency: 2, retry: false });
      expectResults(results$).toBe(row('fetchFrom'));
    }),
  );

  it(
    'of fetchEach',
    drawnIn('operators/fetch-each.ts', (row, { transport, hot, expectResults }) => {
      const net = transport({
        [a]: row('attempt at a'),
        [b]: row('attempt at b'),
        [c]: row('attempt at c'),
      });
      const urls$ = hot(row('source'), { a, b, c });
      expectResults(urls$.pipe(fetchEach({ transport: net, concurrency: 1 }))).toBe(row('fetchEach'));
    }),
  );

  it(
    'of mergeFrom',
    drawnIn('creators/merge-from.ts', (row, { cold, expectObservable }) => {
      const project = (letter: string) => cold(row(`project ${letter}`));
      expectObservable(mergeFrom(['a', 'b', 'c'], project, { concurrency: 2 })).toBe(row('mergeFrom'));
    }),
  );

  it(
    'of createFetcher',
    drawnIn('creators/create-fetcher.ts', (row, { transport, expectResults }) => {
      const net = transport({
        [a]: row('attempt at a'),
        [b]: row('attempt at b'),
        [c]: row('attempt at c'),
      });
      const fetcher = createFetcher({ transport: net, concurrency: 1 });
      expectResults(fetcher.fetchFrom([a, b])).toBe(row('fetcher.fetchFrom([a, b])'));
      expectResults(fetcher.fetchFrom([c])).toBe(row('fetcher.fetchFrom([c])'), { c: { index: 0, url: c } });
    }),
  );

  it(
    'of hedge',
    drawnIn('interceptors/hedge.ts', (row, { transport, expectResults, expectSubscriptions }) => {
      const first = row('first');
      const net = transport({ [a]: [first.replace('!', '-'), row('second')] });
      const results$ = fetchFrom([a], { transport: net, interceptors: [hedge({ after: 3 })] });
      expectResults(results$).toBe(row('page'), { p: { index: 0, attempts: 1 } });
      expectSubscriptions(net.attempt(a, 1).subscriptions).toBe(first.replace('-', '^'));
    }),
  );

  it(
    'of coalesce',
    drawnIn('interceptors/coalesce.ts', (row, { transport, hot, expectResults, expectSubscriptions }) => {
      const net = transport({ [a]: row('first', 2), [b]: row('other', 2) });
      const options = { transport: net, concurrency: 2, interceptors: [coalesce()] };
      // b is asked for when the first and the second a have both slots, and starts all the same
      const results$ = hot('a(ab|)', { a, b }).pipe(fetchEach(options));
      expectResults(results$).toBe('---c(ab|)');
      expectSubscriptions(net.attempt(b, 1).subscriptions).toBe('-^-!');
      expect(row('second', 2)).toBe(row('first', 2).slice(1)); // it began one later
    }),
  );

  /** What letters mean after an operator, where it is not what they meant before; `x` is an array. */
  const after: readonly [string, string, OperatorFunction<FetchResult<unknown>, unknown>, object, number?][] =
    [
      ['map-success', "mapSuccess(v => v')", mapSuccess(prime), { a: success(0, "a'"), b: success(1, "b'") }],
      ['catch-failure', 'catchFailure(() => v)', catchFailure(() => 'v'), { v: success(4, 'v') }],
      ['tap-result', 'tapResult(f)', tapResult(() => undefined), {}],
      ['successes', 'successes', successes(), {}],
      ['failures', 'failures', failures(), {}],
      ['in-order', 'inOrder', inOrder(), {}],
      ['to-batch', 'toBatch', toBatch(), { x: [records.a, records.b, records.c] }],
      ['to-batch-or-throw', 'toBatchOrThrow', toBatchOrThrow(), { x: ['a', 'b', 'c'] }],
      ['to-batch-or-throw', 'toBatchOrThrow', toBatchOrThrow(), {}, 2],
      ['to-first-success', 'toFirstSuccess', toFirstSuccess(), {}],
      ['to-first-success', 'toFirstSuccess', toFirstSuccess(), { x: [records.f, records.g] }, 2],
    ];

  it.each(after)('of %s', (name, label, operator, meanings, which) => {
    drawnIn(`operators/${name}.ts`, (row, { cold, expectObservable }) => {
      const expected = row(label, which)
        .replace(/\[.+\]/, 'x')
        .replaceAll("'", '-');
      const results$ = cold(row('source', which), records);
      expectObservable(results$.pipe(operator)).toBe(expected, { ...records, ...meanings }, error);
    })();
  });
});

function prime(value: unknown): string {
  return `${String(value)}'`;
}
