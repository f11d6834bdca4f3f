import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TimeQueue, type Ticket } from '../../lib/gate/time-queue.js';
import { isCollected } from '../support/garbage.js';

interface Timed {
  readonly name: number;
  readonly due: number;
}

type Step =
  | { readonly do: 'add'; readonly due: number }
  | { readonly do: 'take'; readonly now: number }
  | { readonly do: 'delete'; readonly pick: number }
  | { readonly do: 'remove'; readonly modulus: number };

/** Few different times, so that many items are due at the same one. */
const time = fc.integer({ min: 0, max: 20 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('add' as const), due: time }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('take' as const), now: time }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), pick: fc.nat() }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('remove' as const), modulus: fc.integer({ min: 2, max: 5 }) }),
  },
);

describe('TimeQueue', () => {
  it('is empty at first', () => {
    const queue = new TimeQueue<string>();
    expect(queue.size).toBe(0);
    expect(queue.next).toBe(Infinity);
    expect(queue.take(Infinity)).toBeUndefined();
    expect(queue.remove(() => true)).toEqual([]);
  });

  it('gives an item when its time has come, and not before', () => {
    const queue = new TimeQueue<string>();
    queue.add('a', 10);
    expect(queue.take(9)).toBeUndefined();
    expect(queue.take(10)).toBe('a');
    expect(queue.take(10)).toBeUndefined();
  });

  it('gives what has been due longest first', () => {
    const queue = new TimeQueue<string>();
    queue.add('late', 30);
    queue.add('early', 10);
    queue.add('middle', 20);
    expect(queue.next).toBe(10);
    expect([queue.take(30), queue.take(30), queue.take(30)]).toEqual(['early', 'middle', 'late']);
  });

  it('gives what is due at the same time in the order it came', () => {
    const queue = new TimeQueue<number>();
    for (let item = 0; item < 100; item++) queue.add(item, 7);
    expect(Array.from({ length: 100 }, () => queue.take(7))).toEqual(
      Array.from({ length: 100 }, (_, i) => i),
    );
  });

  it('keeps what is never due', () => {
    const queue = new TimeQueue<string>();
    queue.add('a', Infinity);
    queue.add('b', Infinity);
    queue.add('c', 5);
    expect(queue.take(1e300)).toBe('c');
    expect(queue.take(1e300)).toBeUndefined();
    expect(queue.remove(() => true)).toEqual(['a', 'b']);
  });

  it('takes the same item again after it left, and knows its places apart by their tickets', () => {
    const queue = new TimeQueue<string>();
    const first = queue.add('a', 1);
    expect(queue.take(1)).toBe('a');
    const second = queue.add('a', 5);
    expect(queue.delete(first)).toBe(false);
    expect(queue.next).toBe(5);
    expect(queue.delete(second)).toBe(true);
    expect(queue.delete(second)).toBe(false);
    expect(queue.next).toBe(Infinity);
  });

  it('holds the same item twice, and lets go of the one whose ticket is shown', () => {
    const queue = new TimeQueue<string>();
    const early = queue.add('a', 1);
    queue.add('a', 5);
    expect(early).toMatchObject({ item: 'a', due: 1 });
    expect(queue.delete(early)).toBe(true);
    expect([queue.size, queue.next]).toEqual([1, 5]);
  });

  it('does not take a ticket of what was removed', () => {
    const queue = new TimeQueue<string>();
    const [a, b] = [queue.add('a', 1), queue.add('b', 2)];
    expect(queue.remove((item) => item === 'a')).toEqual(['a']);
    expect(queue.delete(a)).toBe(false);
    expect(queue.delete(b)).toBe(true);
    expect(queue.size).toBe(0);
  });

  it('does what a sorted array does, through any additions, deletions and removals', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200, size: 'max' }), (steps) => {
        const queue = new TimeQueue<Timed>();
        let model: Timed[] = [];
        const tickets = new Map<Timed, Ticket<Timed>>();
        const left: Timed[] = [];
        let name = 0;
        for (const action of steps) {
          switch (action.do) {
            case 'add': {
              const item = { name: name++, due: action.due };
              tickets.set(item, queue.add(item, item.due));
              model = [...model, item].sort((a, b) => a.due - b.due || a.name - b.name);
              break;
            }
            case 'take': {
              const first = model[0];
              const due = first && first.due <= action.now ? model.shift() : undefined;
              expect(queue.take(action.now)).toBe(due);
              if (due) left.push(due);
              break;
            }
            case 'delete': {
              const [item] = model.splice(action.pick % (model.length + 1), 1);
              if (item) {
                expect(queue.delete(tickets.get(item)!)).toBe(true);
                left.push(item);
              }
              const gone = left[action.pick % Math.max(1, left.length)];
              if (gone) expect(queue.delete(tickets.get(gone)!)).toBe(false);
              break;
            }
            case 'remove': {
              const leaves = (item: Timed): boolean => item.name % action.modulus === 0;
              expect(queue.remove(leaves)).toEqual(model.filter(leaves));
              left.push(...model.filter(leaves));
              model = model.filter((item) => !leaves(item));
              break;
            }
          }
          expect(queue.size).toBe(model.length);
          expect(queue.next).toBe(model[0]?.due ?? Infinity);
        }
        expect(model.map(() => queue.take(Infinity))).toEqual(model);
      }),
      { numRuns: 300 },
    );
  });

  it('lets go of what has left', async () => {
    const queue = new TimeQueue<object>();
    const collected = await isCollected(() => {
      const item = {};
      const ticket = queue.add(item, 2);
      queue.add({}, 1);
      queue.add({}, 3);
      queue.delete(ticket);
      return item;
    });
    expect(collected).toBe(true);
    expect(queue.size).toBe(2);
  });
});
