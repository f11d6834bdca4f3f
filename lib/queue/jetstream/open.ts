import type { Page } from '../../model/page.js';
import { QueueError } from '../queue-error.js';
import type { JetStreamQueue } from './jetstream-queue.js';
import { checkQueueOptions, type JetStreamQueueOptions } from './options.js';

/**
 * Opens a queue on NATS JetStream, which is made where there is none: for as many workers on as many machines as you
 * like. By the optional peers @nats-io/jetstream and @nats-io/transport-node, on nats-server 2.9.10 and later.
 *
 * Three streams are made: `NAME_inputs`, `NAME_records` and `NAME_state`. Those that are there are looked at, and
 * refused when their settings would lose something.
 *
 * @throws QueueError, as a rejection: the peers are not installed, the server cannot be reached, or the queue belongs to another run
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
  return (await engine()).openQueue(name, options);
}

/** What needs the optional peers. @throws QueueError where they are not installed */
async function engine(): Promise<typeof import('./open-queue.js')> {
  try {
    return await import('./open-queue.js');
  } catch (cause) {
    // the second is that of CommonJS
    const { code } = cause as { readonly code?: unknown };
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw cause;
    throw new QueueError(
      'A queue on NATS needs two packages that are not installed: npm install @nats-io/jetstream @nats-io/transport-node',
      { code, cause },
    );
  }
}
