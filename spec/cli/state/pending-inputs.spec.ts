import { describe, expect, it } from 'vitest';
import type { FetchEvent } from '../../../lib/model/event.js';
import { PendingInputs, Places } from '../../../lib/cli/state/pending-inputs.js';
import { page, success } from '../../../lib/testing/index.js';

const request = { url: 'http://a/' };

async function* letters(
  text: string,
  ended: () => void = () => undefined,
): AsyncGenerator<string, undefined> {
  try {
    yield* text;
  } finally {
    ended();
  }
  return undefined;
}

/** Inputs of which some have their record. */
function pendingOf(text: string, settled: readonly number[], ended?: () => void): PendingInputs<string> {
  const places = new Places();
  settled.forEach((place) => places.add(place));
  return new PendingInputs(letters(text, ended), places);
}

async function allOf(pending: PendingInputs<string>): Promise<string> {
  let all = '';
  for await (const letter of pending) all += letter;
  return all;
}

const pull = (index: number): FetchEvent => ({ type: 'pull', index, at: 0, request });
const recordOf = (index: number): ReturnType<typeof success> => success(page('http://a/'), { index });

describe('places', () => {
  it('are known in any number and order, and no other', () => {
    const places = new Places();
    const added = [0, 7, 8, 8_191, 8_192, 1_000_000];
    [...added].reverse().forEach((place) => places.add(place));
    expect(added.every((place) => places.has(place))).toBe(true);
    const others = [1, 6, 9, 8_190, 8_193, 999_999, 1_000_001, 9_999_999];
    expect(others.some((place) => places.has(place))).toBe(false);
  });
});

describe('inputs that are pending', () => {
  it.each([
    [[], 'abcdef'],
    [[0, 1], 'cdef'],
    [[4, 5], 'abcd'],
    [[1, 3, 4], 'acf'],
    [[0, 1, 2, 3, 4, 5], ''],
    [[9], 'abcdef'],
  ])('are those without a record: %j have one', async (settled, left) => {
    expect(await allOf(pendingOf('abcdef', settled))).toBe(left);
  });

  it('have events and records under their place among all', async () => {
    const pending = pendingOf('abcdef', [1, 3, 4]);
    await allOf(pending);
    expect([0, 1, 2].map((index) => pending.told(pull(index)).index)).toEqual([0, 2, 5]);
    const settle: FetchEvent = { type: 'settle', index: 2, at: 0, result: recordOf(2) };
    expect(pending.told(settle)).toMatchObject({ index: 5, result: { index: 5 } });
    expect([2, 0, 1].map((index) => pending.placed(recordOf(index)).index)).toEqual([5, 0, 2]);
  });

  it('are told apart while they are under way, in whatever order they are done', async () => {
    const pending = pendingOf('abcd', [0]);
    await pending.next();
    expect(pending.told(pull(0)).index).toBe(1);
    await pending.next();
    expect(pending.placed(recordOf(0)).index).toBe(1);
    await pending.next();
    expect(pending.placed(recordOf(2)).index).toBe(3);
    expect(pending.placed(recordOf(1)).index).toBe(2);
  });

  it('are given back when nobody wants more', async () => {
    let isEnded = false;
    const pending = pendingOf('abcd', [0], () => (isEnded = true));
    for await (const letter of pending) if (letter === 'c') break;
    expect(isEnded).toBe(true);
    expect(await pending.next()).toEqual({ done: true, value: undefined });
  });
});
