import { jetstreamQueue, type JetStreamQueue } from 'sluice/jetstream';
import { page, success } from 'sluice/testing';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { natsPath, startNats, type NatsServer } from '../../support/nats.js';

const urls = Array.from({ length: 320 }, (_, at) => `http://host-${at % 80}/${at}`);

describe.skipIf(natsPath === undefined)('shards, by news alone', () => {
  let server: NatsServer;

  beforeEach(async () => {
    server = await startNats();
    const setTimer = globalThis.setTimeout;
    // no worker ever comes to its next tick
    vi.spyOn(globalThis, 'setTimeout').mockImplementation((act: () => void, ms = 0) =>
      setTimer(act, ms > 1_000 ? 2_147_483_647 : ms),
    );
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await server.stop();
  });

  async function open(): Promise<JetStreamQueue> {
    const queue = await jetstreamQueue('q', { servers: server.url, leaseTime: 60_000 });
    onTestFinished(() => queue.close());
    return queue;
  }

  /** Leases and completes one batch. */
  async function work(queue: JetStreamQueue): Promise<void> {
    for (const { request, complete } of await queue.lease(16)) {
      await complete(success(page(String(request.url)), { url: String(request.url) }));
    }
  }

  const shares = async (queue: JetStreamQueue): Promise<number[]> =>
    (await queue.workers()).map(({ shards }) => shards).sort((a, b) => a - b);

  it('are handed on to who comes, and taken over from who goes', async () => {
    const [one, two, three] = [await open(), await open(), await open()];
    await one.enqueue(urls);
    await work(one);
    expect(await shares(one)).toEqual([16]);
    await work(two);
    await expect.poll(() => shares(one)).toEqual([8, 8]);
    await work(three);
    await expect.poll(() => shares(one)).toEqual([4, 6, 6]);
    await one.close();
    await expect.poll(() => shares(two)).toEqual([8, 8]);
    await two.close();
    await expect.poll(() => shares(three)).toEqual([16]);
  });

  it('are handed on when what is held of them is done', async () => {
    const [one, two] = [await open(), await open()];
    await one.enqueue(urls);
    const held = await one.lease(64);
    const shardsOfHeld = await shares(one);
    expect(shardsOfHeld).toEqual([16]);
    const theirs = two.lease(1);
    for (const { request, complete } of held) {
      await complete(success(page(String(request.url)), { url: String(request.url) }));
    }
    expect(await theirs).toHaveLength(1);
    await expect.poll(() => shares(two)).toEqual([8, 8]);
  });
});
