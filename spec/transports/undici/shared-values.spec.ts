import { describe, expect, it } from 'vitest';
import { shareValues } from '../../../lib/transports/undici/shared-values.js';

describe('shareValues', () => {
  it('leaves every header as it came', () => {
    const first = { server: 'one', date: 'now', 'set-cookie': ['a', 'b'] };
    const second = { server: 'one', date: 'later', 'set-cookie': ['a', 'b'], etag: 'x' };
    const third = { date: 'later' };
    for (const headers of [first, second, third]) {
      const before = structuredClone(headers);
      expect(shareValues(headers)).toBe(headers);
      expect(headers).toEqual(before);
    }
    expect(second['set-cookie']).not.toBe(first['set-cookie']); // a list can be changed by who gets it
  });

  it('takes nothing from the prototype of an object', () => {
    shareValues({});
    expect(shareValues({ constructor: 'x', __proto__: 'y' })).toEqual({ constructor: 'x', __proto__: 'y' });
  });
});
