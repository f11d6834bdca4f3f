import { jetstreamQueue } from 'sluice/jetstream';
import { afterAll, beforeAll, describe } from 'vitest';
import { natsPath, startNats, type NatsServer } from '../../support/nats.js';
import { queueLaws } from '../laws.js';

describe.skipIf(natsPath === undefined)('on a nats-server', () => {
  let server: NatsServer;
  let queues = 0;
  beforeAll(async () => {
    server = await startNats();
  });
  afterAll(() => server.stop());

  queueLaws({
    name: 'NATS JetStream',
    begin() {
      const name = `laws-${queues++}`;
      const settings = { servers: server.url, shards: 4, leaseTime: 5_000 };
      return Promise.resolve({
        open: (options) => jetstreamQueue(name, { ...settings, ...options }),
        end: async () => {
          const queue = await jetstreamQueue(name, settings);
          await queue.purge();
        },
      });
    },
  });
});
