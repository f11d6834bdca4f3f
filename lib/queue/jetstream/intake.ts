import type { Connection } from './connection.js';
import type { Delivery } from './delivery.js';
import type { Marks } from './marks.js';
import type { Names } from './names.js';
import { Pulls, type PullEnd } from './pulls.js';
import type { RecordStore } from './record-store.js';
import { Stock, type StockedInput } from './stock.js';

/** What becomes of inputs that are not to be fetched. */
export interface IntakeRules {
  /** Whether it is leased here already. */
  isHeld(seq: number): boolean;
  /** It has its record. */
  onDone(delivery: Delivery): void;
  /** It kills whoever fetches it. */
  onPoison(input: StockedInput): Promise<unknown>;
}

/** What came of asking all shards once. */
export interface Round {
  /** Whether the servers have answered at all. */
  readonly isAnswered: boolean;
  /** Whether anything came, be it what has its record already. */
  readonly hasCome: boolean;
}

/** What comes in: asks the shards, and looks at what was handed out before. */
export class Intake {
  readonly stock = new Stock();
  private readonly pulls: Pulls;
  private readonly screening = new Set<Promise<void>>();
  private round: Promise<Round> | undefined;
  private newest = 0;
  private come = 0;
  /** What is not beyond may have been acked before the server died, and come once more. */
  private lookedAtUpTo = 0;

  constructor(
    private readonly connection: Connection,
    names: Names,
    leaseTime: number,
    private readonly records: RecordStore,
    private readonly marks: Marks,
    private readonly rules: IntakeRules,
  ) {
    this.pulls = new Pulls(connection, names, leaseTime, (delivery) => this.receive(delivery));
  }

  /** Asks the shards for what may be older than what is here. Calls at the same time share the answers. */
  ask(shards: readonly number[], most: number): Promise<Round> {
    this.round ??= this.askAll(shards, most).finally(() => {
      this.round = undefined;
    });
    return this.round;
  }

  /** The server was away, and may have forgotten acks. */
  suspectAll(): void {
    this.lookedAtUpTo = this.newest;
    this.stock.forgetRests();
  }

  /** Takes what is on its way, and nothing from then on. */
  async stop(): Promise<void> {
    await this.pulls.stop();
    await Promise.allSettled(this.screening);
  }

  private async askAll(shards: readonly number[], most: number): Promise<Round> {
    const before = this.come;
    const pulls = this.stock.toAsk(shards, most).map(async ([shard, batch]) => {
      const end = await this.connection
        .once(() => this.pulls.pull(shard, batch))
        .catch((): PullEnd => 'unanswered'); // the connection was lost
      if (end === 'filled') this.stock.filled(shard);
      else this.stock.told(shard, 0);
      return end !== 'unanswered';
    });
    const answers = await Promise.all(pulls);
    await Promise.allSettled(this.screening);
    const isAnswered = answers.length === 0 || answers.includes(true);
    return { isAnswered, hasCome: this.come > before };
  }

  private receive(delivery: Delivery): void {
    const { seq, shard, pending, count } = delivery;
    this.come++;
    this.newest = Math.max(this.newest, seq);
    this.stock.told(shard, pending);
    if (this.rules.isHeld(seq) || this.stock.has(delivery)) return; // it was kept up too late, and is here still
    if (count === 1 && seq > this.lookedAtUpTo) {
      this.stock.add({ delivery, deaths: 0, isSuspect: false });
      return;
    }
    const screening = this.screen(delivery)
      .catch(() => undefined) // it comes again when its time is over
      .finally(() => this.screening.delete(screening));
    this.screening.add(screening);
  }

  /** Looks what became of an input that was handed out before. */
  private async screen(delivery: Delivery): Promise<void> {
    if (await this.records.settle(delivery.token)) {
      this.rules.onDone(delivery);
      return;
    }
    const { deaths, isSuspect, isPoison } = await this.marks.past(delivery);
    const input = { delivery, deaths, isSuspect };
    if (isPoison) await this.rules.onPoison(input);
    else this.stock.add(input);
  }
}
