import { describe, expect, it } from 'vitest';
import { leavesNothingBehind } from '../support/leaks.js';
import { deeds, plain, points, type Deed, type Point, type Scenario } from './scenario.js';
import { startingPointNames, type StartingPointName } from './starting-points.js';
import { expectsNothingUnhandled } from './unhandled.js';
import { World } from './world.js';

/** A run in which every piece of foreign code has its turn, more than once and with others under way. */
const busy: Scenario = {
  ...plain,
  inputs: [
    'a request that notices',
    'a number',
    'a string',
    'a request that notices',
    'a string',
    'a string',
  ],
  answers: [
    ['a page'],
    ['fails later with a reset', 'a page later'],
    ['status 503', 'a page'],
    ['a page later'],
  ],
  changes: [[1, 3]],
  retries: 2,
  backoff: 'random',
  project: 'returns a value',
  interceptors: ['passes on'],
  events: 'present',
};

/** Each deed is done when a point is come to for the first time, the second time … */
const turns = [1, 2, 3];

/** With the neighbour of a shared fetcher there before and after; with a limit to the total time, too. */
const variants: readonly Partial<Scenario>[] = [
  { neighbourFirst: true },
  { neighbourFirst: false, totalTime: 30 },
];

async function breachesOf(name: StartingPointName, deed: Deed, point: Point): Promise<string[]> {
  const breaches: string[] = [];
  for (const variant of variants) {
    for (const nth of turns) {
      const world = await new World(name, {
        ...busy,
        ...variant,
        plan: { deed, when: { point, nth } },
      }).run();
      breaches.push(...world.breaches.map((breach) => `${deed} at turn ${nth}: ${breach}`));
    }
  }
  return breaches;
}

describe.each(startingPointNames)('%s', (name) => {
  leavesNothingBehind();
  expectsNothingUnhandled();

  it('keeps all its promises in a run that nobody interferes with', async () => {
    const world = await new World(name, busy).run();
    expect(world.breaches).toEqual([]);
    expect(world.end).toBe('completed');
    expect(world.records).toHaveLength(busy.inputs.length);
  });

  it.each(points)('keeps all its promises when somebody ends or leaves it in %s', async (point) => {
    const breaches: string[] = [];
    for (const deed of deeds) breaches.push(...(await breachesOf(name, deed, point)));
    expect(breaches).toEqual([]);
  });
});
