import { createInbox, type Msg, type Subscription } from '@nats-io/transport-node';
import type { Connection } from './connection.js';
import { Delivery } from './delivery.js';
import { shardConsumer, type Names } from './names.js';

/** How long a pull that is not answered is waited for, in ms. What comes later is taken all the same. */
const answerTime = 2_000;

/** `filled`: there may be more. `emptied`: that was all. `unanswered`: nobody knows. */
export type PullEnd = 'filled' | 'emptied' | 'unanswered';

interface Pull {
  readonly shard: number;
  left: number;
  readonly end: (how: PullEnd) => void;
}

/**
 * Asks shards for inputs: each at most one question at a time, which the server answers at once with what there is.
 * Written on the protocol itself, as the client's consumers keep a subscription, timers and a prefetch for each.
 */
export class Pulls {
  private readonly inbox = createInbox();
  private readonly open = new Map<string, Pull>();
  private readonly subscription: Subscription;
  private asked = 0;
  private isStopped = false;

  constructor(
    private readonly connection: Connection,
    private readonly names: Names,
    private readonly leaseTime: number,
    private readonly onDelivery: (delivery: Delivery) => void,
  ) {
    this.subscription = connection.nats.subscribe(`${this.inbox}.*`, {
      callback: (error, message) => {
        if (!error) this.receive(message);
      },
    });
  }

  /** Asks a shard for up to so many, and resolves when they have come. */
  pull(shard: number, batch: number): Promise<PullEnd> {
    const { connection, names, inbox } = this;
    const id = `${inbox}.${this.asked++}`;
    this.endOf(shard); // one that was lost with its connection would count what comes for this one
    return new Promise((resolve) => {
      const timer = setTimeout(() => end('unanswered'), answerTime);
      const end = (how: PullEnd): void => {
        clearTimeout(timer);
        this.open.delete(id);
        resolve(how);
      };
      this.open.set(id, { shard, left: batch, end });
      const subject = `${connection.api}.CONSUMER.MSG.NEXT.${names.inputs}.${shardConsumer(shard)}`;
      if (this.isStopped || connection.nats.isClosed()) end('unanswered');
      else connection.nats.publish(subject, JSON.stringify({ batch, no_wait: true }), { reply: id });
    });
  }

  /** Takes what is on its way, and nothing from then on. */
  async stop(): Promise<void> {
    this.isStopped = true;
    if (!this.connection.nats.isClosed()) await this.subscription.drain();
    for (const { end } of this.open.values()) end('unanswered');
  }

  private endOf(shard: number): void {
    for (const open of this.open.values()) if (open.shard === shard) open.end('unanswered');
  }

  private receive(message: Msg): void {
    const status = message.headers?.code ?? 0;
    const pull = this.open.get(message.subject);
    if (status !== 0 || message.reply === undefined || message.reply === '') {
      pull?.end(status === 503 ? 'unanswered' : 'emptied'); // 404: nothing, 408: no more, 409: too many ask
      return;
    }
    const delivery = new Delivery(
      this.connection,
      this.leaseTime,
      message.subject,
      message.reply,
      message.data,
    );
    this.onDelivery(delivery);
    for (const open of this.open.values()) {
      if (open.shard !== delivery.shard) continue;
      if (--open.left === 0) open.end('filled');
      break;
    }
  }
}
