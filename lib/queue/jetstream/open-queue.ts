import { Connection } from './connection.js';
import { ConnectedQueue, type JetStreamQueue } from './jetstream-queue.js';
import { Names } from './names.js';
import type { JetStreamQueueOptions } from './options.js';
import { ensureQueue } from './streams.js';

/** Connects to a queue, which is made where there is none; its options are checked. */
export async function openQueue<T, C>(
  name: string,
  options: JetStreamQueueOptions<C>,
): Promise<JetStreamQueue<T, C>> {
  const { prefix = 'sluice', exclusive = true, key, host } = options;
  const names = new Names(name, prefix);
  const connection = await Connection.open(name, options);
  try {
    const settings = await ensureQueue(connection, names, options);
    return new ConnectedQueue(connection, names, settings, { shards: settings.shards, key, host }, exclusive);
  } catch (error) {
    await connection.close();
    throw error;
  }
}
