import type { FetchRequest } from 'sluice';
import { seeded } from 'sluice/testing';
import { describe, expect, test } from 'vitest';
import { leavesNothingBehind } from '../support/leaks.js';
import { unhandledErrors } from '../support/unhandled.js';
import { Wire } from '../support/wire.js';
import { complaint, recordsOf, type Case } from './records.js';
import { everyFault } from './run.js';

/** How often all of them are gone through at once, in another order each time; FAULT_ROUNDS=100 by hand. */
const rounds = Number(process.env['FAULT_ROUNDS'] ?? 2);
/** How often a page that is as it should be is asked for among them. */
const sane = 100;

const it = test.extend<{ wire: Wire; requests: FetchRequest<Case>[] }>({
  wire: async ({}, use) => {
    const wire = new Wire({ connect: { timeout: 300 } }); // undici goes on connecting when nobody wants it any more
    try {
      await use(wire);
    } finally {
      await wire.close();
    }
  },
  requests: async ({ wire }, use) => use(await everyFault(wire)),
});

function shuffled<T>(list: readonly T[], random: () => number): T[] {
  const left = [...list];
  return list.map(() => left.splice(Math.floor(random() * left.length), 1)[0]!);
}

describe('a server that misbehaves', { timeout: 60_000 }, () => {
  leavesNothingBehind();
  const unhandled = unhandledErrors();

  it('does so in more than a hundred ways', ({ requests }) => {
    expect(new Set(requests.map(({ context }) => context?.name)).size).toBe(requests.length);
    expect(requests.length).toBeGreaterThan(100);
  });

  const oneByOne = [1, 0] as const;
  const atOnce = Array.from({ length: rounds }, (_, round) => [256, round + 1] as const);
  it.for([oneByOne, ...atOnce])(
    'costs its own URL a record of its kind, and nobody else anything (concurrency %i, round %i)',
    async ([concurrency, round], { wire, requests }) => {
      const fine = requests.find(({ context }) => context?.name === 'fine')!;
      const among = shuffled([...requests, ...Array<typeof fine>(sane).fill(fine)], seeded(round));
      const records = await recordsOf(among, concurrency, wire.transport);
      expect(records.map(complaint).filter((each) => each !== undefined)).toEqual([]);
      expect(records.map(({ index }) => index).sort((a, b) => a - b)).toEqual([...among.keys()]);
      expect(unhandled).toEqual([]);
    },
  );
});
