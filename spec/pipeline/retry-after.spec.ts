import { map } from 'rxjs';
import { describe, it } from 'vitest';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import { page } from '../../lib/testing/index.js';
import { marbles } from '../support/marbles.js';
import { messageOf } from '../support/records.js';

const a = 'http://a/';
const b = 'http://b/';

/** A page that says when to come back. */
const busy = (retryAfter: string | string[], status = 503): ReturnType<typeof page> =>
  page(a, { status, headers: { 'retry-after': retryAfter } });

describe('Retry-After', () => {
  it(
    'is waited for, in seconds',
    marbles(({ transport, expectResults, expectSubscriptions }) => {
      const net = transport({ [a]: ['-(x|)', '-(p|)'] }, { x: busy('2') });
      const first = '   ^        !';
      const second = '  - 2s     ^!';
      const expected = '- 2s     -(a|)';

      expectResults(fetchFrom([a], { transport: net, random: () => 0 })).toBe(expected, {
        a: { attempts: 2, waited: 2_000, duration: 2_002 },
      });
      expectSubscriptions(net.attempt(a, 1).subscriptions).toBe(first);
      expectSubscriptions(net.attempt(a, 2).subscriptions).toBe(second);
    }),
  );

  it(
    'is waited for, until a date: virtual time begins in 1970',
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a]: ['-(x|)', '-(p|)'] }, { x: busy('Thu, 01 Jan 1970 00:00:02 GMT') });
      expectResults(fetchFrom([a], { transport: net, random: () => 0 })).toBe('2000ms -(a|)');
    }),
  );

  it(
    'is a lower bound: a longer back-off is kept',
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a]: ['-(x|)', '-(p|)'] }, { x: busy('2') });
      const backoff = (): number => 3_000;
      expectResults(fetchFrom([a], { transport: net, retry: { backoff } })).toBe('- 3s -(a|)');
    }),
  );

  it.each([
    ['garbage', 'soon'],
    ['a number below 0', '-5'],
    ['a date that has passed', 'Wed, 31 Dec 1969 23:59:59 GMT'],
    ['0', '0'],
  ])('leaves the back-off as it is when it is %s', (_, header) => {
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a]: ['-(x|)', '-(p|)'] }, { x: busy(header) });
      expectResults(fetchFrom([a], { transport: net, retry: { backoff: () => 3 } })).toBe('-----(a|)');
    })();
  });

  it.each([429, 503, 500])('is heard with status %i', (status) => {
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a]: ['-(x|)', '-(p|)'] }, { x: busy('2', status) });
      expectResults(fetchFrom([a], { transport: net, random: () => 0 })).toBe('- 2s -(a|)');
    })();
  });

  it(
    'fails at once when it is longer than maxRetryAfter, and says the number',
    marbles(({ transport, expectObservable, expectResults }) => {
      const net = transport({ [a]: '-(x|)', [b]: '-(y|)' }, { x: busy('61'), y: busy('3') });
      expectResults(fetchFrom([a], { transport: net })).toBe('-(A|)', { A: { kind: 'http', attempts: 1 } });

      const retry = { maxRetryAfter: 2_999 };
      expectObservable(fetchFrom([b], { transport: net, retry }).pipe(map(messageOf))).toBe('-(m|)', {
        m:
          'GET http://b/: the server answered with status 503; ' +
          'it asks to come back in 3000 ms, more than retry.maxRetryAfter (2999 ms)',
      });
    }),
  );

  it(
    'is waited for up to maxRetryAfter itself',
    marbles(({ transport, expectResults }) => {
      const net = transport(
        { [a]: ['-(x|)', '-(p|)'], [b]: ['-(y|)', '-(p|)'] },
        { x: busy('60'), y: busy('3') },
      );
      const random = (): number => 0;
      expectResults(fetchFrom([a], { transport: net, random })).toBe('- 60s -(a|)');
      expectResults(fetchFrom([b], { transport: net, random, retry: { maxRetryAfter: 3_000 } })).toBe(
        '- 3s -(a|)',
      );
    }),
  );

  it(
    'is waited for longer than a timer can be, where maxRetryAfter allows it',
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a]: ['(x|)', '-(p|)'] }, { x: busy('3000000') });
      const retry = { maxRetryAfter: Infinity };
      expectResults(fetchFrom([a], { transport: net, retry, random: () => 0 })).toBe('3000000s -(a|)');
    }),
  );

  it(
    'makes nobody try again whose status, method or attempts do not allow it',
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a]: '-(x|)', [b]: '-(y|)' }, { x: busy('2', 404), y: busy('2') });
      const once = { attempts: 1, kind: 'http' } as const;

      expectResults(fetchFrom([a], { transport: net })).toBe('                        -(A|)', { A: once });
      expectResults(fetchFrom([{ url: b, method: 'POST' }], { transport: net })).toBe('-(A|)', { A: once });
      expectResults(fetchFrom([b], { transport: net, retry: false })).toBe('          -(A|)', { A: once });
    }),
  );

  it(
    'is at hand on the error of the record, in ms',
    marbles(({ transport, expectObservable }) => {
      const net = transport({ [a]: '-(x|)' }, { x: busy('7') });
      const asked$ = fetchFrom([a], { transport: net, retry: false }).pipe(
        map((result) => (result.ok ? 'ok' : result.error.retryAfter)),
      );
      expectObservable(asked$).toBe('-(x|)', { x: 7_000 });
    }),
  );
});
