import { hostname } from 'node:os';
import type { Subscription } from '@nats-io/transport-node';
import type { FetchResult } from '../../model/result.js';
import { poisoned } from '../poison.js';
import { readRequest } from '../stored-request.js';
import type { Waiting } from '../waiting.js';
import { Acks } from './acks.js';
import type { Connection } from './connection.js';
import type { Delivery } from './delivery.js';
import { identity } from './identity.js';
import { Intake, type Round } from './intake.js';
import { Marks } from './marks.js';
import type { Names } from './names.js';
import { Ownership } from './ownership.js';
import type { RecordStore } from './record-store.js';
import type { Stock, StockedInput } from './stock.js';
import type { QueueSettings } from './streams.js';
import type { WorkerReport } from './worker-report.js';

/** How many leases are asked for at once. */
const ahead = 2;

/** Inputs, and what came of asking for them. */
interface Taken extends Round {
  readonly inputs: readonly StockedInput[];
}

/** The side of a queue that works: takes inputs, keeps up what it has taken, and gives it back. */
export class Worker {
  private readonly stock: Stock;
  private readonly marks: Marks;
  private readonly intake: Intake;
  private readonly ownership: Ownership | undefined;
  /** What is leased here, by its place in the stream. */
  private readonly held = new Map<number, StockedInput>();
  /** Inputs whose record is on its way to the server. */
  private readonly storing = new Map<Delivery, Promise<unknown>>();
  private readonly acks: Acks;
  private stored = 0;
  private takenAt = 0;
  private taking = 0;
  private readonly id = identity();
  private readonly reports: Subscription;
  private readonly allShards: readonly number[];
  private readonly timer: NodeJS.Timeout;
  private readonly since = Date.now();

  constructor(
    private readonly connection: Connection,
    names: Names,
    private readonly settings: QueueSettings,
    isExclusive: boolean,
    private readonly records: RecordStore,
    private readonly waiting: Waiting,
    /** Called when nobody has asked for inputs for a lease time, and none is held: others may have the shards. */
    private readonly onIdle: () => void,
  ) {
    const { leaseTime, shards } = settings;
    this.allShards = [...Array(shards).keys()];
    this.marks = new Marks(connection, names);
    this.acks = new Acks(connection);
    this.intake = new Intake(connection, names, leaseTime, records, this.marks, {
      isHeld: (seq) => this.held.has(seq),
      onDone: (delivery) => this.ackLater(delivery),
      onPoison: (input) => this.endPoison(input),
    });
    this.stock = this.intake.stock;
    if (isExclusive) {
      const use = {
        held: (shard: number) => this.heldOf(shard),
        leave: (shard: number) => this.giveBack(this.stock.clear(shard)),
      };
      const onChange = (): void => waiting.wakeAll();
      this.ownership = new Ownership(this.id, connection, names, shards, leaseTime, use, onChange);
    }
    this.timer = setInterval(() => this.keepUp(), leaseTime / 3);
    this.reports = connection.nats.subscribe(names.report, {
      callback: (error, message) => {
        if (!error) message.respond(JSON.stringify(this.report()));
      },
    });
    void this.watch();
  }

  /** Takes up to `most` inputs. */
  async take(most: number): Promise<Taken> {
    this.taking++;
    try {
      await this.ownership?.begin();
      return await this.takeOwn(most);
    } finally {
      this.taking--;
      this.takenAt = performance.now();
    }
  }

  private async takeOwn(most: number): Promise<Taken> {
    const inputs: StockedInput[] = [];
    // a lease of many is cut short rather than that the servers are asked once more
    const enough = Math.min(most, Math.max(4, most / 4));
    let round: Round = { isAnswered: true, hasCome: false };
    let isAsked = false;
    this.stock.dropLost();
    for (;;) {
      // while there is no connection others may be given what is here
      const shards = this.connection.isLost ? [] : this.shards();
      const more = this.stock.take(most - inputs.length, shards);
      for (const input of more) this.hold(input);
      inputs.push(...more);
      if (inputs.length >= enough || (more.length === 0 && isAsked)) break;
      round = await this.intake.ask(this.shards(), ahead * most);
      isAsked = true;
    }
    if (inputs.length === 0 && round.hasCome) return { inputs, ...round }; // there is more behind it
    if (this.stock.size < most) void this.intake.ask(this.shards(), ahead * most); // the next lease is not to wait
    if (inputs.length > 0) return { inputs, ...round };
    const suspect = this.stock.takeSuspect(this.shards());
    if (!suspect) return { inputs, ...round };
    this.hold(suspect);
    await this.marks.setAlone(suspect.delivery);
    return { inputs: [suspect], ...round };
  }

  /** Stores a record, then acks its input. @returns what is stored, if it is the first */
  async complete<T, C>(
    { delivery }: StockedInput,
    record: FetchResult<T, C>,
  ): Promise<FetchResult<T, C> | undefined> {
    const stored = this.records.store(delivery.token, delivery.index, record);
    this.storing.set(delivery, stored);
    this.held.delete(delivery.seq);
    try {
      const kept = await stored;
      if (kept) this.stored++;
      this.ackLater(delivery);
      return kept;
    } finally {
      this.storing.delete(delivery);
      this.ownership?.ended(delivery.shard);
      this.waiting.wakeAll();
    }
  }

  /** Gives an input back; nothing if it was ended before. */
  async release(input: StockedInput, ms = 0): Promise<void> {
    const { delivery, isSuspect } = input;
    if (this.held.get(delivery.seq) !== input) return;
    this.held.delete(delivery.seq);
    this.marks.setReleased(delivery, isSuspect);
    delivery.giveBack(ms);
    await this.connection.nats.flush().catch(() => undefined); // else the lease runs out
    this.ownership?.ended(delivery.shard);
    this.stock.forgetRests();
    this.waiting.wakeAll();
    if (ms > 0) setTimeout(() => this.waiting.wakeAll(), ms).unref();
  }

  /** Until what has its record here is known to be done by the servers, too. */
  settle(): Promise<void> {
    return this.acks.settle();
  }

  /** Gives all back and ends, in so many ms at most where the servers do not answer. */
  async stop(patience: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, patience);
    });
    await Promise.race([this.leave().catch(() => undefined), late]);
    clearTimeout(timer);
    clearInterval(this.timer);
    if (!this.connection.nats.isClosed()) this.reports.unsubscribe();
  }

  private async leave(): Promise<void> {
    await this.intake.stop();
    await Promise.allSettled(this.storing.values());
    this.giveBack([...this.held.values()].map((input) => ({ ...input, wasLeased: true })));
    this.held.clear();
    for (const { delivery } of this.stock.all()) this.giveBack(this.stock.clear(delivery.shard));
    await this.settle();
    await this.ownership?.stop();
    if (!this.connection.nats.isClosed()) await this.connection.nats.flush();
  }

  private endPoison(input: StockedInput): Promise<unknown> {
    const { delivery, deaths } = input;
    const { request } = readRequest(new TextDecoder().decode(delivery.data));
    return this.complete(input, poisoned(delivery.index, request, deaths));
  }

  private hold(input: StockedInput): void {
    this.held.set(input.delivery.seq, input);
  }

  private heldOf(shard: number): number {
    let count = 0;
    for (const { delivery } of this.held.values()) if (delivery.shard === shard && delivery.isHeld) count++;
    for (const delivery of this.storing.keys()) if (delivery.shard === shard) count++;
    return count;
  }

  private giveBack(inputs: readonly (StockedInput & { readonly wasLeased?: boolean })[]): void {
    for (const { delivery, isSuspect, wasLeased = false } of inputs) {
      this.marks.setReleased(delivery, isSuspect && wasLeased);
      delivery.giveBack();
    }
  }

  private keepUp(): void {
    const { leaseTime } = this.settings;
    const mine = new Set(this.shards());
    const idle = this.taking > 0 ? 0 : performance.now() - this.takenAt;
    if (idle > leaseTime && this.held.size === 0 && this.storing.size === 0) {
      this.onIdle();
      return;
    }
    const isIdle = !this.ownership && idle > leaseTime / 3;
    this.stock.dropLost();
    for (const { delivery } of this.stock.all()) {
      // what came when its shard was another's already, or what others could take
      if (isIdle || !mine.has(delivery.shard)) this.giveBack(this.stock.clear(delivery.shard));
      else delivery.extend();
    }
    for (const delivery of this.storing.keys()) delivery.extend();
    for (const [seq, { delivery }] of this.held) if (delivery.isForgotten) this.held.delete(seq);
  }

  private shards(): readonly number[] {
    return this.ownership ? this.ownership.current() : this.allShards;
  }

  private ackLater(delivery: Delivery): void {
    this.marks.forget(delivery);
    this.acks.add(delivery);
  }

  /** After a server was away it may have forgotten acks. */
  private async watch(): Promise<void> {
    for await (const { type } of this.connection.nats.status()) {
      if (type !== 'reconnect') continue;
      this.intake.suspectAll();
      this.waiting.wakeAll();
    }
  }

  private report(): WorkerReport {
    const { id, stored, since } = this;
    const shards = this.shards().length;
    const held = this.held.size + this.storing.size;
    return { id, process: `${hostname()} ${process.pid}`, held, stored, shards, since };
  }
}
