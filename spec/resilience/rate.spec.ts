import { of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import { fetchEach } from '../../lib/operators/fetch-each.js';
import { page } from '../../lib/testing/index.js';
import { watched } from '../support/inputs.js';
import { marbles } from '../support/marbles.js';
import { watchStarts } from './starts.js';

const at = (letters: string, diagram: string): Record<string, string> =>
  Object.fromEntries(Array.from(letters, (letter) => [`http://${letter}/`, diagram]));

const hundred = Array.from({ length: 100 }, (_, n) => `http://host-${n}/`);
const atOnce = { transport: ({ url }: { url: string | URL }) => of(page(String(url))) };

describe('rate', () => {
  it(
    'delays starts so that any window of its time holds no more than its limit',
    marbles(({ transport, expectObservable, expectResults }) => {
      const net = transport(at('abcdef', '-(p|)'));
      const { events, starts$ } = watchStarts();
      const starts = '   (ab)-(cd)-(ef)';
      const expected = ' -(ab)-(cd)-(ef|)';

      expectObservable(starts$).toBe(starts);
      expectResults(
        fetchFrom(watched('abcdef'), { transport: net, rate: { limit: 2, per: 5 }, events }),
      ).toBe(expected);
    }),
  );

  it(
    'counts from each start: what was not used is not saved up',
    marbles(({ hot, transport, expectObservable, expectResults }) => {
      const net = transport(at('abcde', '-(p|)'));
      const { events, starts$ } = watchStarts();
      const letters = Object.fromEntries(Array.from('abcde', (letter) => [letter, `http://${letter}/`]));
      const source = hot(' a---bc--de|', letters);
      const starts = '     a---b---c---d---e'; // limit 1: 4 apart, however long it was quiet
      const expected = '   -a---b---c---d---(e|)';

      expectObservable(starts$).toBe(starts);
      expectResults(source.pipe(fetchEach({ transport: net, rate: { limit: 1, per: 4 }, events }))).toBe(
        expected,
      );
    }),
  );

  it(
    'counts retries as starts',
    marbles(({ transport, expectObservable, expectResults }) => {
      const net = transport({ 'http://a/': ['-#', '-(p|)'], 'http://b/': '-(p|)' });
      const { events, starts$ } = watchStarts();
      const options = { transport: net, rate: { limit: 1, per: 3 }, retry: { backoff: () => 0 }, events };

      expectObservable(starts$).toBe('                  a--b--a');
      expectResults(fetchFrom(watched('ab'), options)).toBe('----b--(a|)');
    }),
  );

  it(
    'loses nothing, and takes as long as it must',
    marbles(({ scheduler, flush }) => {
      const starts: number[] = [];
      const settled: number[] = [];
      const events = {
        next: ({ type, at }: { type: string; at: number }) => {
          if (type === 'start') starts.push(at);
        },
      };
      fetchFrom(hundred, { ...atOnce, rate: { limit: 7, per: 50 }, events }).subscribe(({ index }) =>
        settled.push(index),
      );
      flush();
      expect(settled).toEqual(hundred.map((_, index) => index));
      expect(starts).toEqual(hundred.map((_, index) => Math.floor(index / 7) * 50));
      expect(scheduler.now()).toBe(700);
    }),
  );

  it(
    'holds the pull back: what cannot start is not pulled, but for the next',
    marbles(({ transport, expectObservable, expectResults }) => {
      const inputs = watched('abcd');
      const net = transport(at('abcd', '-(p|)'));
      expectObservable(inputs.pulls$).toBe('(ab)----c-------d-------E');
      expectResults(fetchFrom(inputs, { transport: net, rate: { limit: 1, per: 8 } })).toBe(
        '-a-------b-------c-------(d|)',
      );
    }),
  );

  it(
    'and the limits of a host hold together: whoever says later is obeyed',
    marbles(({ transport, expectObservable, expectResults }) => {
      const net = transport(at('abc', '-(p|)'));
      const { events, starts$ } = watchStarts();
      const inputs = ['http://a/', 'http://a/', 'http://b/', 'http://c/'];
      const options = { transport: net, rate: { limit: 1, per: 3 }, perHost: { delay: 7 }, events };

      expectObservable(starts$).toBe('          a--c--d--b');
      expectResults(fetchFrom(inputs, options)).toBe('-a--c--d--(b|)');
    }),
  );
});
