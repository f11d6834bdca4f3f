import { NEVER, of } from 'rxjs';
import { describe, expect, it as test } from 'vitest';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import { coalesce } from '../../lib/interceptors/coalesce.js';
import type { FetchResult } from '../../lib/model/result.js';
import type { FetchOptions } from '../../lib/pipeline/options.js';
import { page, type MarbleHelpers } from '../../lib/testing/index.js';
import { marbles } from '../support/marbles.js';
import { onHead } from '../support/servers.js';
import { it } from '../support/wire.js';
import { moment } from './moment.js';

const a = 'http://a/';

/** A signal that aborts at a frame. */
function abortAt(frame: number, { scheduler }: MarbleHelpers): AbortSignal {
  const controller = new AbortController();
  scheduler.schedule(() => controller.abort(), frame);
  return controller.signal;
}

const busy = page(a, { status: 429, headers: { 'retry-after': '2' } });

interface Phase {
  readonly name: string;
  readonly inputs?: readonly string[];
  readonly options: Omit<FetchOptions<unknown>, 'signal' | 'drain'>;
  /** What the server answers, an attempt each. */
  readonly answers: readonly string[];
  /** Records when a signal aborts at frame 3. */
  readonly aborted: string;
  /** And when that frame begins to drain. */
  readonly drained: string;
  /** How many attempts the cancelled ones had. */
  readonly attempts: Record<string, number>;
}

/** The second input may not start before frame 9. */
const heldBack = {
  inputs: [a, a],
  answers: ['-(p|)', '-(p|)'],
  aborted: '-a-(B|)',
  drained: '-a--------(b|)',
  attempts: { B: 0 },
};

const phases: Phase[] = [
  {
    name: 'in the line of its host',
    inputs: [a, a],
    options: { perHost: { concurrency: 1 } },
    answers: ['------(p|)', '-(p|)'],
    aborted: '---(AB|)',
    drained: '------a(b|)',
    attempts: { A: 1, B: 0 },
  },
  {
    name: 'waiting for a retry',
    options: { retry: { backoff: () => 9 } },
    answers: ['-#', '-(p|)'],
    aborted: '---(A|)',
    drained: '-----------(a|)',
    attempts: { A: 1 },
  },
  { ...heldBack, name: 'waiting for the delay of its host', options: { perHost: { delay: 9 } } },
  {
    ...heldBack,
    name: 'waiting for the rate of its host',
    options: { perHost: { rate: { limit: 1, per: 9 } } },
  },
  { ...heldBack, name: 'waiting for the rate of all', options: { rate: { limit: 1, per: 9 } } },
  {
    name: 'waiting for the end of a pause of its host',
    options: { retry: { backoff: () => 0 } },
    answers: ['-(r|)', '-(p|)'],
    aborted: '---(A|)',
    drained: '- 2s -(a|)',
    attempts: { A: 1 },
  },
  {
    name: 'waiting for what another fetches',
    inputs: [a, a],
    options: { interceptors: [coalesce()] },
    answers: ['------(p|)'],
    aborted: '---(AB|)',
    drained: '------(ab|)',
    attempts: { A: 1, B: 1 },
  },
  {
    name: 'under way',
    options: {},
    answers: ['------(p|)'],
    aborted: '---(A|)',
    drained: '------(a|)',
    attempts: { A: 1 },
  },
];

describe('an input', () => {
  test.each(phases)('$name becomes a `cancelled` record when the signal aborts', (phase) => {
    marbles((helpers) => {
      const net = helpers.transport({ [a]: phase.answers }, { r: busy, p: page(a) });
      const cancelled = Object.entries(phase.attempts).map(
        ([letter, attempts]) => [letter, { ok: false, kind: 'cancelled', attempts }] as const,
      );
      const options = { ...phase.options, transport: net, signal: abortAt(3, helpers) };
      helpers
        .expectResults(fetchFrom(phase.inputs ?? [a], options))
        .toBe(phase.aborted, Object.fromEntries(cancelled));
    })();
  });

  test.each(phases)('$name finishes when the pipeline drains', (phase) => {
    marbles((helpers) => {
      const net = helpers.transport({ [a]: phase.answers }, { r: busy, p: page(a) });
      const options = { ...phase.options, transport: net, drain: abortAt(3, helpers) };
      helpers.expectResults(fetchFrom(phase.inputs ?? [a], options)).toBe(phase.drained);
    })();
  });

  test(
    'in `project` becomes a `cancelled` record when the signal aborts, and `project` is unsubscribed',
    marbles((helpers) => {
      const { transport, cold, expectResults, expectSubscriptions } = helpers;
      const net = transport({ [a]: '-(p|)' });
      const work = cold('-------(x|)');
      const signal = abortAt(3, helpers);
      expectResults(fetchFrom([a], { transport: net, project: () => work, signal })).toBe('---(A|)', {
        A: { ok: false, kind: 'cancelled', attempts: 1 },
      });
      expectSubscriptions(work.subscriptions).toBe('-^-!');
    }),
  );

  test(
    'in `project` finishes when the pipeline drains',
    marbles((helpers) => {
      const { transport, cold, expectResults } = helpers;
      const net = transport({ [a]: '-(p|)' });
      const work = cold('-------(x|)');
      expectResults(fetchFrom([a], { transport: net, project: () => work, drain: abortAt(3, helpers) })).toBe(
        '--------(a|)',
        { a: { value: 'x' } },
      );
    }),
  );

  test('that a record of another makes the signal abort for is settled in that very call', () => {
    const controller = new AbortController();
    const seen: string[] = [];
    const transport = ({ url }: { url: string | URL }) => (url === a ? of(page(a)) : NEVER);
    fetchFrom(['http://b/', 'http://c/', a], { transport, signal: controller.signal }).subscribe({
      next: (record: FetchResult) => {
        controller.abort();
        seen.push(record.ok ? 'ok' : record.error.kind);
      },
      complete: () => seen.push('complete'),
    });
    expect(seen.sort()).toEqual(['cancelled', 'cancelled', 'complete', 'ok']);
  });
});

describe('over sockets, an input', () => {
  it.for([
    ['waiting for the head of the response', ''],
    ['in the middle of the head', 'HTTP/1.1 200 OK\r\nConte'],
    ['in the body', 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n1234'],
  ] as const)('%s becomes a `cancelled` record, and its connection is closed', async ([, said], { wire }) => {
    const controller = new AbortController();
    const asked = moment();
    const closed = moment();
    const server = await wire.serveRaw((socket) => {
      socket.on('close', () => closed.come());
      onHead(socket, () => {
        if (said === '') asked.come();
        else socket.write(said, () => asked.come());
      });
    });
    const records: FetchResult[] = [];
    const completed = new Promise<void>((resolve) => {
      fetchFrom([server.url], { transport: wire.transport, signal: controller.signal }).subscribe({
        next: (record) => records.push(record),
        complete: resolve,
      });
    });
    await asked.came;
    controller.abort();
    await completed; // in that call: nobody waits for the connection
    await closed.came;
    expect(records.map((record) => (record.ok ? 'ok' : record.error.kind))).toEqual(['cancelled']);
  });

  it('that is connecting becomes a `cancelled` record at once', async ({ wire }) => {
    const controller = new AbortController();
    const server = await wire.serve((_request, response) => response.end());
    const seen: string[] = [];
    fetchFrom([server.url, server.url], {
      transport: wire.transport,
      signal: controller.signal,
    }).subscribe({
      next: (record) => seen.push(record.ok ? 'ok' : record.error.kind),
      complete: () => seen.push('complete'),
    });
    controller.abort(); // the sockets were made in this very turn
    expect(seen).toEqual(['cancelled', 'cancelled', 'complete']);
  });
});
