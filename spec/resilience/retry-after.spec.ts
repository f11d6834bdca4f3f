import { describe, it } from 'vitest';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import { page } from '../../lib/testing/index.js';
import { marbles } from '../support/marbles.js';

const [a1, a2, a3, a4] = ['http://a/1', 'http://a/2', 'http://a/3', 'http://a/4'] as const;
const b = 'http://b/';

/** What a server says that wants to be left alone. */
const busy = (after: string, status = 429) => page(a1, { status, headers: { 'retry-after': after } });

/** A date as HTTP writes it, so many seconds after the beginning of virtual time. */
const date = (seconds: number): string => new Date(seconds * 1_000).toUTCString();

const retry = { backoff: () => 0 };

describe('Retry-After', () => {
  it.each([429, 503])('of a %i pauses its host: others of it wait, other hosts go on', (status) => {
    marbles(({ transport, expectResults, expectSubscriptions }) => {
      const net = transport(
        { [a1]: ['-(r|)', '-(p|)'], [a2]: '-(p|)', [b]: '-(p|)' },
        { r: busy('2', status), p: page(a1) },
      );
      const options = { transport: net, concurrency: 1, retry };

      expectResults(fetchFrom([a1, a2, b], options)).toBe('--c 1999ms a(b|)');
      expectSubscriptions(net.attempt(a1, 2).subscriptions).toBe('- 2s ^!');
      expectSubscriptions(net.attempt(a2).subscriptions).toBe('-- 2s ^!');
      expectSubscriptions(net.attempt(b).subscriptions).toBe('-^!');
    })();
  });

  it(
    'of any other status holds back the request alone',
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a1]: ['-(r|)', '-(p|)'], [a2]: '-(p|)' }, { r: busy('2', 500), p: page(a1) });
      expectResults(fetchFrom([a1, a2], { transport: net, concurrency: 1, retry })).toBe('--b 1999ms (a|)');
    }),
  );

  it(
    'pauses its host, too, when the request itself is not repeated',
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a1]: '-(r|)', [a2]: '-(p|)', [b]: '-(p|)' }, { r: busy('1'), p: page(a1) });
      expectResults(fetchFrom([a1, a2, b], { transport: net, concurrency: 1, retry: false })).toBe(
        '-Ac 999ms (b|)',
      );
    }),
  );

  it(
    'in a burst is one pause, not one after the other',
    marbles(({ transport, expectResults, expectSubscriptions }) => {
      const answers = ['-(r|)', '-(p|)'];
      const net = transport(
        { [a1]: answers, [a2]: answers, [a3]: answers, [a4]: '------(p|)' },
        { r: busy('3'), p: page(a1) },
      );

      expectResults(fetchFrom([a1, a2, a3, a4], { transport: net, concurrency: 3, retry })).toBe(
        '- 3s -(abc)-(d|)',
      );
      for (const url of [a1, a2, a3]) {
        expectSubscriptions(net.attempt(url, 2).subscriptions).toBe('- 3s ^!');
      }
    }),
  );

  it(
    'that comes later and asks for less does not shorten the pause',
    marbles(({ transport, expectResults }) => {
      const net = transport(
        { [a1]: ['-(r|)', '-(p|)'], [a2]: ['---(s|)', '-(p|)'], [a3]: '-------(p|)' },
        { r: busy('5'), s: busy('1'), p: page(a1) },
      );
      expectResults(fetchFrom([a1, a2, a3], { transport: net, concurrency: 2, retry })).toBe(
        '-- 5s (ba)---(c|)',
      );
    }),
  );

  it.each([
    ['seconds', '1', '- 1s -(a|)'],
    ['seconds with blanks around them', ' 1 ', '- 1s -(a|)'],
    ['a date', date(1), '1s -(a|)'],
    ['a date that C wrote', 'Thu Jan  1 00:00:01 1970', '1s -(a|)'],
    ['a date past', date(-60), '--(a|)'],
    ['0', '0', '--(a|)'],
    ['a negative number', '-1', '--(a|)'],
    ['a fraction', '1.5', '--(a|)'],
    ['garbage', 'soon', '--(a|)'],
    ['nothing', '', '--(a|)'],
  ])('may be %s', (_name, value, expected) => {
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a1]: ['-(r|)', '-(p|)'] }, { r: busy(value), p: page(a1) });
      expectResults(fetchFrom([a1], { transport: net, retry })).toBe(expected, { a: { attempts: 2 } });
    })();
  });

  it(
    'is a lower bound: a back-off that is longer goes before it, for the request and not for its host',
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a1]: ['-(r|)', '-(p|)'], [a2]: '-(p|)' }, { r: busy('1'), p: page(a1) });
      const options = { transport: net, concurrency: 1, retry: { backoff: () => 3_000 } };
      expectResults(fetchFrom([a1, a2], options)).toBe('- 1s -b 1999ms (a|)');
    }),
  );

  it(
    'beyond retry.maxRetryAfter fails at once and pauses nobody',
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a1]: '-(r|)', [a2]: '-(p|)' }, { r: busy('61'), p: page(a1) });
      expectResults(fetchFrom([a1, a2], { transport: net, concurrency: 1 })).toBe('-A(b|)', {
        A: { kind: 'http', attempts: 1 },
      });
    }),
  );

  it(
    'of thirty-four days is waited for where retry.maxRetryAfter allows it',
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a1]: ['-(r|)', '-(p|)'] }, { r: busy('3000000'), p: page(a1) });
      const options = { transport: net, retry: { maxRetryAfter: Infinity, ...retry } };
      expectResults(fetchFrom([a1], options)).toBe('- 3000000s -(a|)');
    }),
  );
});
