import type { Connection } from './connection.js';
import type { Delivery } from './delivery.js';

/** How long one waits for others, in ms, and for how many. */
const gathering = { time: 20, count: 64 };
/** How often the servers are told. What they have not heard by then comes again, and is found to have its record. */
const tries = 3;

/**
 * Tells the servers which inputs have their record: several at once, as each message that goes out by itself costs as
 * much as a record.
 */
export class Acks {
  private gathered: Delivery[] = [];
  private timer: NodeJS.Timeout | undefined;
  private readonly sent = new Set<Promise<void>>();

  constructor(private readonly connection: Connection) {}

  add(delivery: Delivery): void {
    this.gathered.push(delivery);
    if (this.gathered.length >= gathering.count) this.send();
    else this.timer ??= setTimeout(() => this.send(), gathering.time);
  }

  /** Until the servers have heard of all. */
  async settle(): Promise<void> {
    this.send();
    await Promise.allSettled(this.sent);
  }

  private send(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const deliveries = this.gathered.splice(0);
    if (deliveries.length === 0) return;
    const sent = this.tell(deliveries).finally(() => this.sent.delete(sent));
    this.sent.add(sent);
  }

  private async tell(deliveries: readonly Delivery[]): Promise<void> {
    const { connection } = this;
    for (let tried = 0; tried < tries && !connection.nats.isClosed(); tried++) {
      try {
        await connection.once(() => {
          for (const delivery of deliveries) delivery.ack();
          return connection.nats.flush();
        });
        return;
      } catch {
        await connection.connected(2_000);
      }
    }
  }
}
