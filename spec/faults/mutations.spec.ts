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
import { mutated } from './mutate.js';

/** How many responses are tried, and from which seed on: FUZZ_CASES=10000 FUZZ_SEED=7 by hand. */
const cases = Number(process.env['FUZZ_CASES'] ?? 1_000);
const firstSeed = Number(process.env['FUZZ_SEED'] ?? 1);
/** How long a response that never ends is waited for, in ms. */
const silence = 200;

/** Sends the response of a seed in pieces, and then closes, resets or waits. */
function answer(socket: Socket, seed: number): void {
  const random = seeded(seed);
  const response = mutated(random);
  const cut = Math.floor(random() * response.length);
  const end = random();
  socket.write(response.subarray(0, cut));
  socket.write(response.subarray(cut), () => {
    if (end < 0.5) socket.end();
    else if (end < 0.75) socket.resetAndDestroy();
  });
}

const kindOf = (record: FetchResult): string => (record.ok ? 'page' : record.error.kind);
/** What may become of an answer, however wrong. */
const expected = [
  'page',
  'network',
  'protocol',
  'timeout',
  'decode',
  'too-large',
  'redirect',
  'invalid',
  'dns',
];

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
          answer(socket, Number(/^GET \/(\d+) /.exec(head)?.[1] ?? 0));
        });
      });
      const seeds = Array.from({ length: cases }, (_, at) => firstSeed + at);
      const records = await lastValueFrom(
        fetchFrom(
          seeds.map((seed) => `${url}/${seed}`),
          {
            transport: wire.transport,
            concurrency: 64,
            timeout: silence,
            maxBodyBytes: 100_000,
            retry: false,
            acceptStatus: () => true,
          },
        ).pipe(toArray()),
      );
      expect(records.map(({ index }) => index).sort((a, b) => a - b)).toEqual([...seeds.keys()]);
      const strange = records.filter((record) => !expected.includes(kindOf(record)));
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
