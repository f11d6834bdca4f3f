import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leavesNothingBehind } from '../support/leaks.js';
import { answerNames } from './answers.js';
import {
  backoffNames,
  interceptorNames,
  passageNames,
  passagesThatTakeTime,
  projectNames,
} from './callbacks.js';
import { inputNames } from './inputs.js';
import { plain, scenarios, type Scenario } from './scenario.js';
import { startingPointNames, type StartingPointName } from './starting-points.js';
import { expectsNothingUnhandled } from './unhandled.js';
import { World } from './world.js';

/** How many random runs each starting point gets. */
const numRuns = Number(process.env['FC_RUNS'] ?? 60);

async function breachesOf(name: StartingPointName, scenario: Scenario): Promise<string[]> {
  const { breaches } = await new World(name, scenario).run();
  return breaches;
}

describe.each(startingPointNames)('%s', (name) => {
  leavesNothingBehind();
  expectsNothingUnhandled();

  it('gives one record for each input and keeps all its limits, whatever happens', async () => {
    await fc.assert(
      fc.asyncProperty(scenarios, async (scenario) => {
        expect(await breachesOf(name, scenario)).toEqual([]);
      }),
      { numRuns },
    );
  });

  it('says of every kind of input whether it can be fetched', async () => {
    expect(await breachesOf(name, { ...plain, inputs: inputNames, events: 'present' })).toEqual([]);
  });

  it('makes of every answer of a transport the record that is due', async () => {
    const inputs = answerNames.map(() => 'a string' as const);
    const answers = answerNames.map((answer) => [answer]);
    expect(await breachesOf(name, { ...plain, inputs, answers, retries: 2 })).toEqual([]);
  });

  it.each(projectNames)('makes the record that is due when project %s', async (project) => {
    expect(await breachesOf(name, { ...plain, project, retries: 1 })).toEqual([]);
  });

  it.each(backoffNames)('makes the record that is due when the back-off is %s', async (backoff) => {
    const answers = [['fails with a retryable FetchError', 'a page'], ['fails later with a reset']] as const;
    expect(await breachesOf(name, { ...plain, answers, backoff, retries: 2 })).toEqual([]);
  });

  it.each(interceptorNames)(
    'gives one record for each input through an interceptor that %s',
    async (interceptor) => {
      const answers = [
        ['a page later'],
        ['fails with a reset'],
        ['undefined'],
        ['a page later without an end'],
      ] as const;
      expect(await breachesOf(name, { ...plain, answers, interceptors: [interceptor], retries: 1 })).toEqual(
        [],
      );
    },
  );

  it.each(passageNames)('gives one record for each input through %s', async (passage) => {
    const answers = [['a page later'], ['status 404'], ['a page'], ['status 503', 'a page later']] as const;
    const inputs = [...inputNames, ...inputNames];
    expect(await breachesOf(name, { ...plain, inputs, answers, passages: [passage], retries: 1 })).toEqual(
      [],
    );
  });

  it.each(passageNames.filter((passage) => !passagesThatTakeTime.includes(passage)))(
    'gives what was pulled before the source broke, and then the error, through %s',
    async (passage) => {
      const answers = [['a page later'], ['status 404']] as const;
      expect(await breachesOf(name, { ...plain, answers, passages: [passage], ending: 'throws' })).toEqual(
        [],
      );
    },
  );
});

describe('an error of the source', () => {
  it('lets the records come first that mapSuccess has under way', async () => {
    const scenario: Scenario = { ...plain, passages: ['mapSuccess later'], ending: 'throws' };
    expect(await breachesOf('fetchFrom an iterable', scenario)).toEqual([]);
  });

  it('lets the records come first that catchFailure has under way', async () => {
    const passages = ['catchFailure that rejects with it'] as const;
    const scenario: Scenario = { ...plain, answers: [['status 404']], passages, ending: 'throws' };
    expect(await breachesOf('fetchFrom an iterable', scenario)).toEqual([]);
  });
});
