import type { Connection } from './connection.js';

/** What the server is told of a message that it has handed out. */
const says = { ack: '+ACK', nak: '-NAK', working: '+WPI' } as const;

/** One input as the server hands it out; it is held until it is acked, or has not been kept up for the lease time. */
export class Delivery {
  /** Its place in the stream of inputs, from 1. */
  readonly seq: number;
  /** How often it was handed out, this time included. */
  readonly count: number;
  /** How many more the server has for this shard. */
  readonly pending: number;
  readonly shard: number;
  readonly token: string;
  private keptUp = performance.now();

  constructor(
    private readonly connection: Connection,
    private readonly leaseTime: number,
    subject: string,
    private readonly reply: string,
    readonly data: Uint8Array,
  ) {
    // $JS.ACK.[domain.account.]stream.consumer.count.seq.delivery.time.pending[.random]
    const parts = reply.split('.');
    const at = parts.length === 9 ? 4 : 6;
    this.count = Number(parts[at]);
    this.seq = Number(parts[at + 1]);
    this.pending = Number(parts[at + 4]);
    const tokens = subject.split('.');
    this.token = tokens.at(-1) ?? '';
    this.shard = Number(tokens.at(-2));
  }

  get index(): number {
    return this.seq - 1;
  }

  /** Whether nobody else has it, as far as is known here. */
  get isHeld(): boolean {
    return performance.now() - this.keptUp < this.leaseTime;
  }

  /** Whether nobody has kept it up for long: whoever leased it has let it fall. */
  get isForgotten(): boolean {
    return performance.now() - this.keptUp > 3 * this.leaseTime;
  }

  /** Keeps it for another lease time. */
  extend(): void {
    if (this.tell(says.working)) this.keptUp = performance.now();
  }

  /** Gives it back, if it is still held: another may have it by now. */
  giveBack(ms = 0): void {
    if (this.isHeld) this.tell(ms > 0 ? `${says.nak} ${JSON.stringify({ delay: ms * 1e6 })}` : says.nak);
  }

  /** Says that its record is stored. Unheard, it comes again, and is found to have its record. */
  ack(): void {
    this.tell(says.ack);
  }

  private tell(word: string): boolean {
    const { nats } = this.connection;
    if (nats.isClosed()) return false;
    nats.publish(this.reply, word);
    return true;
  }
}
