import { JetStreamApiError } from '@nats-io/jetstream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Connection } from '../../../lib/queue/jetstream/connection.js';
import { natsPath, startNats } from '../../support/nats.js';

/** What the leader of a cluster answers that does not see the others yet. */
const noPeers = new JetStreamApiError({
  code: 400,
  err_code: 10005,
  description: 'no suitable peers for placement',
});

async function opened(patience: number): Promise<Connection> {
  const server = await startNats();
  onTestFinished(() => server.stop());
  const connection = await Connection.open('pages', { servers: server.url, patience });
  onTestFinished(() => connection.close());
  return connection;
}

describe.skipIf(natsPath === undefined)('a question to servers that do not see each other yet', () => {
  it('is put again until they do', async () => {
    const connection = await opened(60_000);
    let asked = 0;
    const answer = connection.ask('make', async () => {
      if (++asked < 3) throw noPeers;
      return 'made';
    });
    expect(await answer).toBe('made');
    expect(asked).toBe(3);
  });

  it('is given up in the end, with what is missing', async () => {
    const connection = await opened(1_000);
    const answer = connection.ask('make', () => Promise.reject(noPeers));
    await expect(answer).rejects.toThrow(
      /^Cannot make the queue pages at \S+: no suitable peers for placement\. Fewer servers than it has replicas are there, or have room for it$/,
    );
  });
});
