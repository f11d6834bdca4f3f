import { deathsAlone, deathsOfSuspect } from '../poison.js';
import type { Connection } from './connection.js';
import type { Delivery } from './delivery.js';
import type { Names } from './names.js';

/** What is remembered of an input that was held before. */
interface Mark {
  /** How often it was given back, which the server counts as it counts deaths. */
  readonly released: number;
  /** How often it was handed out with nothing else under way, and not given back. */
  readonly alone: number;
}

const unmarked: Mark = { released: 0, alone: 0 };

/** What became of those who held an input before. */
export interface Past {
  readonly deaths: number;
  readonly isSuspect: boolean;
  readonly isPoison: boolean;
}

/** Tells inputs that kill their workers from those that were there when it happened. */
export class Marks {
  /** Of inputs that are held here, where there is one. */
  private readonly marks = new Map<number, Mark>();

  constructor(
    private readonly connection: Connection,
    private readonly names: Names,
  ) {}

  /** Of an input that comes again. */
  async past(delivery: Delivery): Promise<Past> {
    const { connection, names } = this;
    const message = await connection.ask('read', () =>
      connection.streams.streams.getMessage(names.state, { last_by_subj: names.mark(delivery.token) }),
    );
    const mark = message ? (JSON.parse(message.string()) as Mark) : unmarked;
    this.marks.set(delivery.seq, mark);
    const deaths = Math.max(mark.alone, delivery.count - 1 - mark.released);
    return {
      deaths,
      isSuspect: mark.alone > 0 || deaths >= deathsOfSuspect,
      isPoison: mark.alone >= deathsAlone,
    };
  }

  /** It is about to be handed out with nothing else under way. */
  async setAlone(delivery: Delivery): Promise<void> {
    const mark = this.of(delivery);
    this.marks.set(delivery.seq, { ...mark, alone: mark.alone + 1 });
    await this.connection.publish('lease from', this.written(delivery));
  }

  /** It is about to be given back, which is no death. It need not be known to be stored: the nak comes after it. */
  setReleased(delivery: Delivery, wasAlone: boolean): void {
    const { nats } = this.connection;
    if (nats.isClosed()) return;
    const { released, alone } = this.of(delivery);
    this.marks.set(delivery.seq, { released: released + 1, alone: alone - (wasAlone ? 1 : 0) });
    const { subject, data } = this.written(delivery);
    nats.publish(subject, data);
    this.forget(delivery);
  }

  forget({ seq }: Delivery): void {
    this.marks.delete(seq);
  }

  private of({ seq }: Delivery): Mark {
    return this.marks.get(seq) ?? unmarked;
  }

  private written(delivery: Delivery): { readonly subject: string; readonly data: string } {
    return { subject: this.names.mark(delivery.token), data: JSON.stringify(this.of(delivery)) };
  }
}
