import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fifo } from '../../lib/gate/fifo.js';
import { isCollected } from '../support/garbage.js';

type Step =
  | { readonly do: 'push' }
  | { readonly do: 'shift' }
  | { readonly do: 'pop' }
  | { readonly do: 'peek' }
  | { readonly do: 'remove'; readonly modulus: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.constant({ do: 'push' } as const) },
  { weight: 4, arbitrary: fc.constant({ do: 'shift' } as const) },
  { weight: 1, arbitrary: fc.constant({ do: 'pop' } as const) },
  { weight: 1, arbitrary: fc.constant({ do: 'peek' } as const) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('remove' as const), modulus: fc.integer({ min: 1, max: 5 }) }),
  },
);

describe('Fifo', () => {
  it('is empty at first', () => {
    const fifo = new Fifo<string>();
    expect(fifo.size).toBe(0);
    expect(fifo.peek()).toBeUndefined();
    expect(fifo.shift()).toBeUndefined();
    expect(fifo.pop()).toBeUndefined();
    expect(fifo.size).toBe(0);
  });

  it('gives back what came last when asked for that', () => {
    const fifo = new Fifo<string>();
    for (const item of 'abc') fifo.push(item);
    expect([fifo.pop(), fifo.shift(), fifo.pop(), fifo.pop()]).toEqual(['c', 'a', 'b', undefined]);
    fifo.push('d');
    expect(fifo.shift()).toBe('d');
  });

  it('gives back in the order it was given', () => {
    const fifo = new Fifo<number>();
    for (let item = 0; item < 1_000; item++) fifo.push(item);
    const items = Array.from({ length: 1_000 }, () => fifo.shift());
    expect(items).toEqual(Array.from({ length: 1_000 }, (_, item) => item));
    expect(fifo.size).toBe(0);
  });

  it('can be filled again after it ran empty', () => {
    const fifo = new Fifo<string>();
    fifo.push('a');
    fifo.shift();
    fifo.shift();
    fifo.push('b');
    expect(fifo.size).toBe(1);
    expect(fifo.peek()).toBe('b');
    expect(fifo.shift()).toBe('b');
  });

  it('does what an array does, through any pushes, shifts, pops and removals', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300, size: 'max' }), (steps) => {
        const fifo = new Fifo<number>();
        let model: number[] = [];
        let next = 0;
        for (const action of steps) {
          if (action.do === 'push') {
            fifo.push(next);
            model.push(next++);
          } else if (action.do === 'shift') {
            expect(fifo.shift()).toBe(model.shift());
          } else if (action.do === 'pop') {
            expect(fifo.pop()).toBe(model.pop());
          } else if (action.do === 'peek') {
            expect(fifo.peek()).toBe(model[0]);
          } else {
            const leaves = (item: number): boolean => item % action.modulus === 0;
            expect(fifo.remove(leaves)).toEqual(model.filter(leaves));
            model = model.filter((item) => !leaves(item));
          }
          expect(fifo.size).toBe(model.length);
        }
      }),
    );
  });

  it('does not grow with what has passed through it', () => {
    const fifo = new Fifo<number>();
    for (let item = 0; item < 1_000; item++) {
      fifo.push(item);
      if (item >= 10) fifo.shift();
    }
    const { items } = fifo as unknown as { readonly items: readonly unknown[] };
    expect(fifo.size).toBe(10);
    expect(items.length).toBeLessThan(100);
  });

  it('lets go of what it has given back', async () => {
    const fifo = new Fifo<object>();
    const collected = await isCollected(() => {
      const item = {};
      fifo.push(item);
      fifo.shift();
      fifo.push({});
      return item;
    });
    expect(collected).toBe(true);
    expect(fifo.size).toBe(1);
  });

  it('lets go of what was removed', async () => {
    const fifo = new Fifo<object>();
    const collected = await isCollected(() => {
      const item = {};
      fifo.push(item);
      fifo.push({});
      fifo.remove((other) => other === item);
      return item;
    });
    expect(collected).toBe(true);
    expect(fifo.size).toBe(1);
  });
});
