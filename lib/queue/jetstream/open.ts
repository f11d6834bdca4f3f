import type { Page } from '../../model/page.js';
import { Connection } from './connection.js';
import { ConnectedQueue, type JetStreamQueue } from './jetstream-queue.js';
import { Names } from './names.js';
import { checkQueueOptions, type JetStreamQueueOptions } from './options.js';
import { ensureQueue } from './streams.js';

/**
 * Opens a queue on NATS JetStream, which is made where there is none: for as many workers on as many machines as you
 * like. By the optional peers @nats-io/jetstream and @nats-io/transport-node, on nats-server 2.9.10 and later.
 *
 * Three streams are made: `NAME_inputs`, `NAME_records` and `NAME_state`. Those that are there are looked at, and
 * refused when their settings would lose something.
 *
 * @throws QueueError, as a rejection: the server cannot be reached, or the queue belongs to another run
 * @throws TypeError for a wrong option, as a rejection
 * @example
 * import { fetchQueue, jetstreamQueue } from 'sluice/jetstream';
 *
 * const queue = await jetstreamQueue('pages', { servers: 'nats://10.0.0.1:4222' });
 * console.log(await queue.enqueue(urls));
 * await queue.close();
 */
export async function jetstreamQueue<T = Page, C = unknown>(
  name: string,
  options: JetStreamQueueOptions<C> = {},
): Promise<JetStreamQueue<T, C>> {
  checkQueueOptions(name, options);
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
