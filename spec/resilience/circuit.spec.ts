import { throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createFetcher } from '../../lib/creators/create-fetcher.js';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import { FetchError } from '../../lib/model/fetch-error.js';
import { fetchEach } from '../../lib/operators/fetch-each.js';
import type { Transport } from '../../lib/transports/transport.js';
import { marbles } from '../support/marbles.js';

const a = 'http://a/';
const b = 'http://b/';
const open = { ok: false, kind: 'circuit-open' } as const;
const network = { ok: false, kind: 'network' } as const;

describe('circuit', () => {
  it(
    'opens after `threshold` failures: what waits and what comes later fails at once, unasked',
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a]: '--#' });
      const results$ = fetchFrom([a, a, a, a, a], {
        transport: net,
        perHost: { concurrency: 1 },
        circuit: { threshold: 2 },
        retry: false,
      });
      expectResults(results$).toBe('--A-(BCDE|)', {
        A: { ...network, index: 0, attempts: 1 },
        B: { ...network, index: 1, attempts: 1 },
        C: { ...open, index: 2, attempts: 0 },
        D: { ...open, index: 3, attempts: 0 },
        E: { ...open, index: 4, attempts: 0 },
      });
    }),
  );

  it(
    'refuses a request that waits for its retry, too, and says what had happened to it',
    marbles(({ transport, flush, scheduler }) => {
      const net = transport({ [a]: '-#', [b]: '---#' });
      const seen: unknown[] = [];
      fetchFrom([a, b], {
        transport: net,
        perHost: { key: () => 'one' },
        circuit: { threshold: 2 },
        retry: { backoff: () => 50 },
      }).subscribe((record) => {
        if (record.ok) return;
        const { kind, cause } = record.error;
        seen.push([scheduler.now(), record.index, record.attempts, kind, (cause as FetchError).kind]);
      });
      flush();
      expect(seen).toEqual([
        [3, 0, 1, 'circuit-open', 'network'],
        [3, 1, 1, 'circuit-open', 'network'],
      ]);
    }),
  );

  it(
    'tries again after `cooldown` with as many as `probes`, and closes when one is well',
    marbles(({ hot, transport, expectResults, expectSubscriptions }) => {
      const net = transport({ [a]: ['-#', '--(p|)', '-(p|)'] });
      const source = hot(' a-a---aa---a|', { a });
      const circuit = { threshold: 1, cooldown: 4 };

      expectResults(source.pipe(fetchEach({ transport: net, circuit, retry: false }))).toBe(
        '-AB----Dc---(e|)',
        {
          A: { ...network, attempts: 1 },
          B: open,
          D: open,
        },
      );
      expectSubscriptions(net.attempt(a, 1).subscriptions).toBe('^!');
      expectSubscriptions(net.attempt(a, 2).subscriptions).toBe('------^-!');
    }),
  );

  it(
    'opens for another `cooldown` when the probe fails',
    marbles(({ hot, transport, expectResults }) => {
      const net = transport({ [a]: ['-#', '-#', '-(p|)'] });
      const source = hot(' a----a--a---a|', { a });
      const expected = '  -A----B-C----(d|)';
      const circuit = { threshold: 1, cooldown: 4 };

      expectResults(source.pipe(fetchEach({ transport: net, circuit, retry: false }))).toBe(expected, {
        A: network,
        B: network,
        C: open,
      });
    }),
  );

  it(
    'forgets failures that are older than `window`',
    marbles(({ hot, transport, expectResults }) => {
      const net = transport({ [a]: '-#' });
      const source = hot(' a----aa-a|', { a });
      const circuit = { threshold: 2, window: 5 };

      expectResults(source.pipe(fetchEach({ transport: net, circuit, retry: false }))).toBe('-A----BCD|', {
        A: network,
        B: network,
        C: network,
        D: open,
      });
    }),
  );

  it(
    'is one for each host',
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a]: '-#', [b]: '------(p|)' });
      const options = { transport: net, concurrency: 1, circuit: { threshold: 1 }, retry: false } as const;

      expectResults(fetchFrom([a, a, b, a, b], options)).toBe('-(AB)--(cD)--(e|)', { B: open, D: open });
    }),
  );

  it(
    'counts what makes its host suspect, and not what a host that is well says',
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a]: '-(4|)', [b]: '-(5|)' });
      const options = { transport: net, concurrency: 1, circuit: { threshold: 2 }, retry: false } as const;

      expectResults(fetchFrom([a, a, a, b, b, b], options)).toBe('-ABCD(EF|)', {
        C: { kind: 'http' },
        E: { kind: 'http' },
        F: open,
      });
    }),
  );

  it(
    'is not there by default',
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a]: '#' });
      const inputs = Array.from({ length: 50 }, () => a);
      const results$ = fetchFrom(inputs, { transport: net, retry: false });
      const expected = `(${'*'.repeat(50)}|)`;

      expectResults(results$).toBe(expected, { '*': network });
    }),
  );

  it(
    'probes again when a probe ended without a word on its host',
    marbles(({ hot, transport, expectResults }) => {
      const drawn = transport({ [a]: ['-#', '-(p|)'] });
      let asked = 0;
      const odd: Transport = (request) =>
        asked++ === 1 ? throwError(() => new FetchError('resource', 'no sockets')) : drawn(request);
      const source = hot(' a-----aa|', { a });
      const circuit = { threshold: 1, cooldown: 3 };

      expectResults(source.pipe(fetchEach({ transport: odd, circuit, retry: false }))).toBe('-A----B-(c|)', {
        A: network,
        B: { kind: 'resource' },
      });
    }),
  );

  it(
    'probes again when the pipeline whose probe it was is unsubscribed',
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a]: ['-#', '---------(p|)', '-(p|)'] });
      const fetcher = createFetcher({ transport: net, circuit: { threshold: 1, cooldown: 3 }, retry: false });

      expectResults(fetcher.fetchFrom([a])).toBe('             -(A|)', { A: network });
      expectResults(fetcher.fetchFrom([a]), '      ------^-!').toBe('--------');
      expectResults(fetcher.fetchFrom([a]), '      -------^').toBe(' -------(A|)', { A: open });
      expectResults(fetcher.fetchFrom([a]), '      ---------^').toBe('----------(a|)');
    }),
  );

  it(
    'lets `probes` probe at each trial, however many were under way when the last one ended',
    marbles(({ hot, transport, expectResults }) => {
      const net = transport({ [a]: ['-#', '---(p|)', '----(p|)', '-#', '---(p|)', '---(p|)'] });
      const source = hot(' a----aa-----a----aaa|', { a });
      const expected = '  -A------b-c--D-----Ge(f|)';
      const circuit = { threshold: 1, cooldown: 4, probes: 2 };

      expectResults(source.pipe(fetchEach({ transport: net, circuit, retry: false }))).toBe(expected, {
        G: open,
      });
    }),
  );
});
