import { expect, it } from 'vitest';
import { LeaseFeed } from '../../lib/queue/lease-feed.js';
import type { Lease, RequestQueue } from '../../lib/queue/request-queue.js';

/** A feed of three leases at a time, its clock, and what was done with them. */
function feedAt() {
  const clock = { now: 0 };
  const extended: number[] = [];
  let leased = 0;
  const lease = (index: number) =>
    ({ index, isSuspect: false, extend: async () => void extended.push(index) }) as unknown as Lease;
  const queue = { leaseTime: 100, lease: async () => [0, 1, 2].map(() => lease(leased++)) };
  const rules = { batch: 3, follow: false, isIdle: () => true, hasRoom: () => true, now: () => clock.now };
  return { clock, extended, feed: new LeaseFeed(queue as unknown as RequestQueue, rules) };
}

it('hands out no lease that ran out while the process stood still', async () => {
  const { clock, feed } = feedAt();
  expect((await feed.next())?.index).toBe(0);
  clock.now = 100;
  expect((await feed.next())?.index).toBe(1);
  clock.now = 101;
  expect((await feed.next())?.index).toBe(3);
});

it('keeps up what it still has, and nothing that ran out', async () => {
  const { clock, extended, feed } = feedAt();
  await feed.next();
  clock.now = 90;
  feed.keepUp();
  expect(extended).toEqual([1, 2]);
  clock.now = 180;
  expect((await feed.next())?.index).toBe(1);
  clock.now = 300;
  feed.keepUp();
  expect(extended).toEqual([1, 2]);
  expect((await feed.next())?.index).toBe(3);
});
