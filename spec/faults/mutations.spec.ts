import type { Socket } from 'node:net';
import { lastValueFrom, toArray } from 'rxjs';
import { fetchFrom, type FetchResult } from 'sluice';
import { seeded } from 'sluice/testing';
import { buildConnector } from 'undici';
import { describe, expect, test } from 'vitest';
import { leavesNothingBehind } from '../support/leaks.js';
import { onHead } from '../support/servers.js';
import { unhandledErrors } from '../support/unhandled.js';
import { Wire } from '../support/wire.js';
import { fine } from './fault.js';
import { mutated } from './mutate.js';

/** How many responses are tried, and from which seed on: FUZZ_CASES=10000 FUZZ_SEED=7 by hand. */
const cases = Number(process.env['FUZZ_CASES'] ?? 1_000);
const firstSeed = Number(process.env['FUZZ_SEED'] ?? 1);
/** How long a response is waited for that may never end, and one whose connection is closed, in ms. */
const silence = 100;
const patience = 20_000;

/** What the server does for a seed. */
interface Plan {
  readonly response: Uint8Array;
  /** It is sent in two pieces: so long is the first. */
  readonly cut: number;
  readonly end: 'closes' | 'resets' | 'waits';
}

function planOf(seed: number): Plan {
  const random = seeded(seed);
  const response = mutated(random);
  const cut = Math.floor(random() * response.length);
  const chance = random();
  return { response, cut, end: chance < 0.5 ? 'closes' : chance < 0.75 ? 'resets' : 'waits' };
}

function answer(socket: Socket, { response, cut, end }: Plan): void {
  socket.write(response.subarray(0, cut));
  socket.write(response.subarray(cut), () => {
    if (end === 'closes') socket.end();
    if (end === 'resets') socket.resetAndDestroy();
  });
}

const kindOf = (record: FetchResult<unknown, Plan>): string => (record.ok ? 'page' : record.error.kind);
/** What may become of an answer, however wrong. */
const expected = ['page', 'network', 'protocol', 'decode', 'too-large', 'redirect', 'invalid', 'dns'];

/** Whether a record is of no kind that is due. */
function isStrange(record: FetchResult<unknown, Plan>): boolean {
  const kind = kindOf(record);
  return !expected.includes(kind) && !(kind === 'timeout' && record.request.context?.end === 'waits');
}

describe('a response with mistakes in it', { timeout: 60_000 + cases * 20 }, () => {
  leavesNothingBehind();
  const unhandled = unhandledErrors();

  test(`costs its own URL one record of a kind that is known (${cases} of them)`, async () => {
    const connect = buildConnector({ timeout: 300 });
    const wire = new Wire({
      connect: (options, done) => {
        // a mistake in a Location must not lead away from this machine
        if (options.hostname === '127.0.0.1') connect(options, done);
        else done(Object.assign(new Error('a host elsewhere'), { code: 'ENOTFOUND' }), null);
      },
    });
    try {
      const { url } = await wire.serveRaw((socket) => {
        onHead(socket, (head) => {
          const seed = /^GET \/case\/(\d+) /.exec(head)?.[1];
          if (seed === undefined)
            socket.end(fine); // a redirect has led here
          else answer(socket, planOf(Number(seed)));
        });
      });
      const seeds = Array.from({ length: cases }, (_, at) => firstSeed + at);
      const records = await lastValueFrom(
        fetchFrom(
          seeds.map((seed) => {
            const plan = planOf(seed);
            return {
              url: `${url}/case/${seed}`,
              timeout: plan.end === 'waits' ? silence : patience,
              context: plan,
            };
          }),
          {
            transport: wire.transport,
            concurrency: 64,
            maxBodyBytes: 100_000,
            retry: false,
            acceptStatus: () => true,
          },
        ).pipe(toArray()),
      );
      expect(records.map(({ index }) => index).sort((a, b) => a - b)).toEqual([...seeds.keys()]);
      const strange = records.filter(isStrange);
      expect(
        strange.map((record) => `${String(record.request.url)}: ${record.ok ? '' : record.error.message}`),
      ).toEqual([]);
      for (const record of records) if (record.ok) expect(record.value.text()).toBeTypeOf('string');
      const kinds = new Set(records.map(kindOf));
      if (cases >= 1_000)
        expect([...kinds].sort()).toEqual(expect.arrayContaining(['network', 'page', 'protocol', 'timeout']));
      expect(unhandled).toEqual([]);
    } finally {
      await wire.close();
    }
  });
});
