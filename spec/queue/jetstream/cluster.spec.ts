import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { jetstreamQueue, type JetStreamQueue, type JetStreamQueueOptions } from 'sluice/jetstream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startNatsCluster, type NatsCluster } from '../../support/nats-cluster.js';
import { natsPath, startNats } from '../../support/nats.js';
import { startSite, textsOf, type Site } from './site.js';
import { endWorkers, startWorker } from './workers.js';

const inputs = 1_000;
const concurrency = 64;
const leaseTime = 2_000;
const name = 'replicated';

describe.skipIf(natsPath === undefined)('a queue on three servers', () => {
  let cluster: NatsCluster;
  let site: Site;
  let queue: JetStreamQueue;
  const open = (options: JetStreamQueueOptions = {}) =>
    jetstreamQueue(name, { servers: cluster.urls, leaseTime, shards: 4, ...options });

  beforeEach(async () => {
    [cluster, site] = await Promise.all([startNatsCluster(3), startSite(8)]);
    queue = await open({ replicas: 3 }); // at once: the servers have not chosen their leader yet
  });
  afterEach(async () => {
    endWorkers();
    await queue.close();
    await Promise.all([cluster.stop(), site.close()]);
  });

  /** Of a stream of the queue. */
  async function leaderOf(stream: string): Promise<string> {
    const nats = await connect({ servers: [...cluster.urls] });
    const { cluster: placed } = await (await jetstreamManager(nats)).streams.info(`${name}_${stream}`);
    await nats.close();
    return placed?.leader ?? '';
  }

  it.each(['inputs', 'records'])('goes on when the leader of its %s is killed', async (stream) => {
    await queue.enqueue(site.urls(inputs));
    const workers = await Promise.all(
      [1, 2].map(() => startWorker({ servers: cluster.urls, name, leaseTime })),
    );
    const began = performance.now();
    for (const worker of workers) worker.begin();
    await site.reaches(inputs * 0.3);
    const event = performance.now();
    await cluster.named(await leaderOf(stream)).kill();
    expect(await Promise.all(workers.map(({ end }) => end))).toEqual([0, 0]);
    process.stdout.write(
      `leader of ${stream} killed: ${site.again} twice, ${Math.round(performance.now() - began)} ms in all, pause ${Math.round(site.longestPause(event))} ms\n`,
    );
    expect(await queue.counts()).toEqual({ total: inputs, queued: 0, leased: 0, done: inputs, failed: {} });
    expect(await textsOf(queue.results())).toEqual(Array.from({ length: inputs }, (_, at) => `page /${at}`));
    expect(site.again).toBeLessThanOrEqual(4 * concurrency);
  });

  it('is refused to who wants another number of them', async () => {
    await expect(open({ replicas: 1 })).rejects.toThrow(
      /The stream replicated_inputs is not as a queue needs it: num_replicas is 3 and must be 1/,
    );
    const again = await open(); // whoever does not say takes what is there
    await again.close();
  });
});

it.skipIf(natsPath === undefined)('a queue on one server cannot have three replicas', async () => {
  const server = await startNats();
  try {
    await expect(jetstreamQueue('q', { servers: server.url, replicas: 3 })).rejects.toThrow(
      /Cannot make the queue q at \S+: replicas > 1 not supported in non-clustered mode/,
    );
  } finally {
    await server.stop();
  }
});
