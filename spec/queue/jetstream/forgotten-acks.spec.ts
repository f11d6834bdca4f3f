import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { jetstreamQueue, type JetStreamQueue } from 'sluice/jetstream';
import { page, success } from 'sluice/testing';
import { expect, it, onTestFinished } from 'vitest';
import { natsPath, startNats, type NatsServer } from '../../support/nats.js';

const inputs = 1_000;
const leaseTime = 10_000;
const urls = Array.from({ length: inputs }, (_, at) => `http://host/${at}`);

/** Leases and completes so many. @returns their places in the queue */
async function work(queue: JetStreamQueue, many: number): Promise<number[]> {
  const places: number[] = [];
  while (places.length < many) {
    const leases = await queue.lease(Math.min(16, many - places.length));
    for (const { index, request, complete } of leases) {
      places.push(index);
      await complete(success(page(String(request.url)), { url: String(request.url) }));
    }
  }
  return places;
}

/** Has the server forget who has acked what, as a crash does with the last moments. */
async function forget(nats: NatsConnection): Promise<void> {
  const { consumers } = await jetstreamManager(nats);
  const { config } = await consumers.info('q_inputs', 'shard_0');
  await consumers.delete('q_inputs', 'shard_0');
  await consumers.add('q_inputs', config);
}

async function startServer(): Promise<NatsServer> {
  const server = await startNats();
  onTestFinished(() => server.stop());
  return server;
}

it.skipIf(natsPath === undefined)(
  'a worker goes through what the server has forgotten without a pause, and fetches none of it again',
  async () => {
    const server = await startServer();
    const queue = await jetstreamQueue('q', { servers: server.url, leaseTime, shards: 1 });
    onTestFinished(() => queue.close());
    await queue.enqueue(urls);
    const before = await work(queue, 800);
    await queue.counts(); // its acks have come

    const nats = await connect({ servers: server.url, maxReconnectAttempts: -1, reconnectTimeWait: 50 });
    onTestFinished(() => nats.close());
    await forget(nats);
    await server.kill();
    await server.restart();
    await queue.counts(); // it is connected again

    // before it waits a worker asks whether all is done
    let waits = 0;
    nats.subscribe('$JS.API.STREAM.INFO.q_inputs', {
      callback: () => {
        waits++;
      },
    });
    await nats.flush();
    const after = await work(queue, 200);
    await nats.flush();
    expect([...before, ...after].sort((a, b) => a - b)).toEqual(urls.map((_, at) => at));
    expect(waits).toBeLessThanOrEqual(1);
  },
);
