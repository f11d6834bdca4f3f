import { setImmediate as turn } from 'node:timers/promises';
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

it.skipIf(natsPath === undefined)(
  'what was asked before the connection was lost says nothing of it',
  async () => {
    const server = await startNats();
    onTestFinished(() => server.stop());
    const told: boolean[] = [];
    let wake = (): void => undefined;
    const onConnection = (isConnected: boolean): void => {
      told.push(isConnected);
      wake();
    };
    const connection = await Connection.open('pages', { servers: server.url, onConnection });
    onTestFinished(() => connection.close());
    let answer = (_late: string): void => undefined;
    const asked = connection.once(() => new Promise<string>((resolve) => (answer = resolve)));
    const lost = new Promise<void>((resolve) => (wake = resolve));
    await Promise.all([expect(asked).rejects.toThrow('the connection was lost'), lost, server.kill()]);
    answer('nothing came'); // as one does that waits for messages for a while
    await turn();
    expect(told).toEqual([false]);
    expect(connection.isLost).toBe(true);
    const found = new Promise<void>((resolve) => (wake = resolve));
    await server.restart();
    await found;
    expect(told).toEqual([false, true]);
    expect(await connection.once(() => Promise.resolve('here'))).toBe('here');
  },
);

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
