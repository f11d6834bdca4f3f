import { rmSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import type { FetchInput } from '../../model/request.js';
import type { FetchResult } from '../../model/result.js';
import type { Pullable } from '../../pipeline/pulled-source.js';
import { batchesOf } from '../batches.js';
import { deathsOfSuspect, poisoned } from '../poison.js';
import { QueueError } from '../queue-error.js';
import type {
  EnqueueCounts,
  Lease,
  LeaseOptions,
  QueueCounts,
  QueueWorker,
  RequestQueue,
  ResultsOptions,
} from '../request-queue.js';
import { readRequest, storedRequest, type KeyOf } from '../stored-request.js';
import { Waiting } from '../waiting.js';
import type { OpenDatabase } from './database-file.js';
import { InputTable, type InputRow } from './input-table.js';
import { sqlError } from './native-driver.js';
import { RecordTable } from './record-table.js';
import { WriteBatch } from './write-batch.js';

/** How many inputs are stored in one transaction. */
const enqueueBatch = 1_000;
/** How often one looks for what other processes did, in ms. */
const lookAround = 250;

/** A queue in an SQLite file. */
export class SqliteQueue<T, C> implements RequestQueue<T, C> {
  private readonly inputs: InputTable;
  private readonly records: RecordTable;
  private readonly writes: WriteBatch;
  /** Whoever waits for a lease or a record. */
  private readonly waiting = new Waiting();
  private enqueuing = 0;
  private isClosed = false;

  constructor(
    private readonly file: string,
    private readonly opened: OpenDatabase,
    readonly leaseTime: number,
    private readonly keyOf: KeyOf<C> | undefined,
  ) {
    const { database } = opened;
    this.inputs = new InputTable(database);
    this.records = new RecordTable(database);
    this.writes = new WriteBatch(database, file);
  }

  async enqueue(inputs: Pullable<FetchInput<C>>): Promise<EnqueueCounts> {
    this.checkOpen('enqueue');
    let added = 0;
    let seen = 0;
    this.enqueuing++;
    try {
      for await (const batch of batchesOf('enqueue', inputs, enqueueBatch)) {
        const requests = batch.map((input) => storedRequest(input, this.keyOf));
        this.checkOpen('enqueue');
        added += this.writes.now('store inputs', () => this.inputs.add(requests));
        seen += batch.length;
        this.waiting.wakeAll();
        await turn(); // others want to fetch meanwhile
      }
    } finally {
      this.enqueuing--;
      this.waiting.wakeAll();
    }
    return { added, duplicates: seen - added };
  }

  async lease(most: number, { signal, follow = false }: LeaseOptions = {}): Promise<readonly Lease<T, C>[]> {
    while (!this.isClosed && signal?.aborted !== true) {
      const now = Date.now();
      const { rows, isFinished, due } = this.writes.now('lease inputs', () => this.claim(most, now));
      if (rows.length > 0) return rows.map((row) => this.leaseOf(row));
      if (isFinished && !follow && this.enqueuing === 0) return [];
      await this.waiting.until(Math.min(lookAround, Math.max(1, (due ?? Infinity) - now)), signal);
    }
    return [];
  }

  async *results({ order = 'index', follow = false, signal }: ResultsOptions = {}): AsyncGenerator<
    FetchResult<T, C>,
    void
  > {
    let last = order === 'index' ? -1 : 0;
    for (let read = 1; ; read++) {
      this.checkOpen('read results of');
      this.writes.flush();
      const isFinished = !follow || (this.isFinished() && this.enqueuing === 0);
      const record = this.read(() => this.records.after<T, C>(order, last));
      // in order of index, what is missing comes before what is there
      if (record && (isFinished || order === 'settled' || record.result.index === last + 1)) {
        last = order === 'index' ? record.result.index : record.seq;
        yield record.result;
        if (read % 256 === 0) await turn();
      } else if (isFinished || signal?.aborted === true) return;
      else await this.waiting.until(lookAround, signal);
    }
  }

  async counts(): Promise<QueueCounts> {
    this.checkOpen('count');
    return this.writes.add(() => {
      const { size, queued, leased } = this.inputs.counts();
      return { total: size, queued, leased, done: size - queued - leased, failed: this.records.failed() };
    });
  }

  workers(): Promise<readonly QueueWorker[]> {
    return this.writes.add(() => this.inputs.workers());
  }

  async purge(): Promise<void> {
    this.checkOpen('purge');
    const other = this.opened.otherUser();
    if (other !== undefined) {
      throw new QueueError(`Cannot purge ${this.file}: process ${other} has it open. End that first`);
    }
    await this.close();
    for (const end of ['', '-wal', '-shm']) rmSync(`${this.file}${end}`, { force: true });
  }

  close(): Promise<void> {
    if (!this.isClosed) {
      this.isClosed = true;
      try {
        this.writes.now('give leases back', () => this.inputs.leave());
      } finally {
        this.opened.close();
        this.waiting.wakeAll();
      }
    }
    return Promise.resolve();
  }

  private claim(
    most: number,
    now: number,
  ): { rows: readonly InputRow[]; isFinished: boolean; due: number | undefined } {
    for (const row of this.inputs.recover(now)) {
      this.records.add(row.idx, poisoned(row.idx, readRequest(row.request).request, row.deaths));
      this.inputs.finish(row.idx);
    }
    this.inputs.begin(now);
    const rows = this.inputs.claim(most, now, now + this.leaseTime);
    return { rows, isFinished: this.isFinished(), due: this.inputs.nextDue() };
  }

  private leaseOf({ idx, key, request: text, deaths }: InputRow): Lease<T, C> {
    const write = <R>(run: () => R): Promise<R> => this.write(run);
    return {
      index: idx,
      key,
      ...readRequest<C>(text),
      isSuspect: deaths >= deathsOfSuspect,
      complete: (record) =>
        write(() => {
          const stored = this.records.add(idx, record);
          if (stored) {
            this.inputs.finish(idx);
            this.inputs.count();
          }
          return stored;
        }),
      extend: () => write(() => this.inputs.extend(idx, Date.now() + this.leaseTime)),
      retry: (ms) => write(() => this.inputs.release(idx, Date.now() + ms)),
      release: () => write(() => this.inputs.release(idx, 0)),
    };
  }

  private async write<R>(run: () => R): Promise<R> {
    this.checkOpen('write to');
    const result = await this.writes.add(run);
    this.waiting.wakeAll();
    return result;
  }

  private isFinished(): boolean {
    return this.inputs.nextDue() === undefined;
  }

  private read<R>(read: () => R): R {
    try {
      return read();
    } catch (error) {
      throw sqlError(this.file, 'read records', error);
    }
  }

  private checkOpen(doing: string): void {
    if (this.isClosed) throw new QueueError(`Cannot ${doing} ${this.file}: the queue is closed`);
  }
}
