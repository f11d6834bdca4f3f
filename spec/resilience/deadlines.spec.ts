import { NEVER } from 'rxjs';
import { describe, it } from 'vitest';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import { coalesce } from '../../lib/interceptors/coalesce.js';
import { page } from '../../lib/testing/index.js';
import { marbles } from '../support/marbles.js';

const a = 'http://a/';
const b = 'http://b/';
const late = { ok: false, kind: 'timeout' } as const;

describe('timeout.total', () => {
  it(
    'counts waiting for the host: its concurrency',
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a]: '----(p|)' });
      const options = { transport: net, perHost: { concurrency: 1 }, timeout: { total: 5 } };
      expectResults(fetchFrom([a, a, a], options)).toBe('----a(CB|)', {
        B: { ...late, phase: 'total', attempts: 1 },
        C: { ...late, phase: 'queue', attempts: 0 },
      });
    }),
  );

  it.each([
    ['its delay', { perHost: { delay: 50 } }],
    ['its rate', { perHost: { rate: { limit: 1, per: 50 } } }],
    ['the rate of all', { rate: { limit: 1, per: 50 } }],
  ])('counts waiting for %s', (_name, limits) => {
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a]: '-(p|)' });
      expectResults(fetchFrom([a, a], { transport: net, ...limits, timeout: { total: 5 } })).toBe(
        '-a---(B|)',
        { B: { ...late, phase: 'queue', attempts: 0, waited: 5, duration: 0 } },
      );
    })();
  });

  it(
    'counts the pause that a Retry-After asks for',
    marbles(({ transport, expectResults }) => {
      const r = page(a, { status: 429, headers: { 'retry-after': '2' } });
      const net = transport({ [a]: '-(r|)' }, { r });
      expectResults(fetchFrom([a], { transport: net, timeout: { total: 1_000 } })).toBe('1s (A|)', {
        A: { ...late, phase: 'total', attempts: 1 },
      });
    }),
  );

  it(
    'counts back-off and all attempts, and ends one that is under way',
    marbles(({ transport, expectResults, expectSubscriptions }) => {
      const net = transport({ [a]: ['-#', '---------(p|)'] });
      const options = { transport: net, retry: { backoff: () => 2 }, timeout: { total: 8 } };
      expectResults(fetchFrom([a], options)).toBe('--------(A|)', {
        A: { ...late, phase: 'total', attempts: 2, waited: 2, duration: 8 },
      });
      expectSubscriptions(net.attempt(a, 2).subscriptions).toBe('---^----!');
    }),
  );

  it(
    'counts `project`',
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a]: '-(p|)' });
      const options = { transport: net, project: () => NEVER, timeout: { total: 4 } };
      expectResults(fetchFrom([a], options)).toBe('----(A|)', { A: { ...late, phase: 'total' } });
    }),
  );

  it(
    'counts waiting for what another fetches',
    marbles(({ transport, expectResults, expectSubscriptions }) => {
      const net = transport({ [a]: '---------(p|)' });
      const options = { transport: net, interceptors: [coalesce()], timeout: { total: 4 } };
      expectResults(fetchFrom([a, a], options)).toBe('----(BA|)', {
        A: { ...late, phase: 'total' },
        B: { ...late, phase: 'queue' }, // with the first gone it would begin anew, as if it never had
      });
      expectSubscriptions(net.attempt(a).subscriptions).toBe('^---!');
    }),
  );

  it(
    'of one input leaves the others alone',
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a]: '---(p|)', [b]: '---(p|)' });
      const options = { transport: net, concurrency: 1, timeout: { total: 5 } };
      // the second is pulled when the first is done: its time begins there
      expectResults(fetchFrom([a, b], options)).toBe('---a--(b|)');
    }),
  );
});
