import { finalize, NEVER, Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createFetcher } from '../../lib/creators/create-fetcher.js';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import type { Transport } from '../../lib/transports/transport.js';
import { marbles } from '../support/marbles.js';
import { unhandledErrors } from '../support/unhandled.js';

const a = 'http://a/';
const b = 'http://b/';
const c = 'http://c/';

const unhandled = unhandledErrors();

/** A transport that throws when it is let go of. */
const throwing =
  (transport: Transport): Transport =>
  (request) =>
    new Observable((subscriber) => {
      const inner = transport(request).subscribe(subscriber);
      return () => {
        inner.unsubscribe();
        throw new Error(`no way to let go of ${String(request.url)}`);
      };
    });

const said = (): string[] =>
  unhandled.map((error) => /no way to let go of \S+/.exec(String(error))?.[0] ?? '');

describe('a transport whose teardown throws', () => {
  it(
    'gives its record and its slot back, and is reported as RxJS reports what nobody handles',
    marbles(({ flush, transport, expectResults }) => {
      const net = transport({ [a]: '--(p|)', [b]: '--p-', [c]: '--#' });
      const options = { transport: throwing(net), concurrency: 1, retry: false } as const;
      expectResults(fetchFrom([a, b, c], options)).toBe('--a-b-(C|)');
      flush();
      expect(new Set(said())).toEqual(new Set([a, b, c].map((url) => `no way to let go of ${url}`)));
    }),
  );

  it(
    'is retried all the same',
    marbles(({ flush, transport, expectResults }) => {
      const net = transport({ [a]: ['--#', '--(p|)'] });
      const options = { transport: throwing(net), retry: { backoff: () => 3 } };
      expectResults(fetchFrom([a], options)).toBe('-------(a|)');
      flush();
      expect(said()).toContain(`no way to let go of ${a}`);
    }),
  );

  it(
    'keeps no other input from its record when the signal comes',
    marbles(({ abortSignal, expectResults, flush, transport }) => {
      const net = transport({ [a]: '-', [b]: '-' });
      const options = { transport: throwing(net), concurrency: 2, signal: abortSignal('---!') };
      expectResults(fetchFrom([a, b, c], options)).toBe('---(AB|)');
      flush();
      expect(said()).toEqual([a, b].map((url) => `no way to let go of ${url}`));
    }),
  );

  it(
    'gives back the slot that others wait for when it is unsubscribed',
    marbles(({ flush, transport, expectResults }) => {
      const net = transport({ [a]: '-', [b]: '--(p|)' });
      const fetcher = createFetcher({ transport: throwing(net), concurrency: 1 });
      expectResults(fetcher.fetchFrom([a]), '^--!').toBe('-');
      expectResults(fetcher.fetchFrom([b])).toBe('  -----(a|)');
      flush();
      expect(said()).toContain(`no way to let go of ${a}`);
    }),
  );
});

describe('a project whose teardown throws', () => {
  it(
    'gives its record and its slot back when it was too slow',
    marbles(({ flush, transport, expectResults }) => {
      const net = transport({ [a]: '-(p|)', [b]: '-(p|)' });
      const project = (): Observable<never> =>
        NEVER.pipe(
          finalize(() => {
            throw new Error('no way to let go of it');
          }),
        );
      const options = { transport: net, project, concurrency: 1, timeout: 3, retry: false } as const;
      expectResults(fetchFrom([a, b], options)).toBe('---A--(B|)', {
        A: { kind: 'timeout', phase: 'project' },
        B: { kind: 'timeout', phase: 'project' },
      });
      flush();
      expect(unhandled).toHaveLength(2);
    }),
  );
});
