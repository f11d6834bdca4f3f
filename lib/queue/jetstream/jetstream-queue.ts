import type { Page } from '../../model/page.js';
import type { FetchInput } from '../../model/request.js';
import type { FetchResult } from '../../model/result.js';
import type { Pullable } from '../../pipeline/pulled-source.js';
import { batchesOf } from '../batches.js';
import { QueueError } from '../queue-error.js';
import type {
  EnqueueCounts,
  Lease,
  LeaseOptions,
  QueueCounts,
  RequestQueue,
  ResultsOptions,
} from '../request-queue.js';
import { readRequest } from '../stored-request.js';
import { Waiting } from '../waiting.js';
import type { Connection } from './connection.js';
import { Enqueuing, type InputRules } from './enqueuing.js';
import { keyOfToken, type Names } from './names.js';
import { RecordStore } from './record-store.js';
import { Results } from './results.js';
import type { StockedInput } from './stock.js';
import { deleteQueue, type QueueSettings } from './streams.js';
import { Worker } from './worker.js';
import { workerReports, type WorkerReport } from './worker-report.js';

/** How many inputs are pulled at once. */
const enqueueBatch = 1_000;
/** How long one waits before one looks again, in ms. */
const look = { least: 25, most: 1_000 };
/** How long `close` waits for servers that do not answer, and for a connection that is lost, in ms. */
const leaveTime = { connected: 5_000, lost: 500 };

/** A queue on NATS JetStream. */
export interface JetStreamQueue<T = Page, C = unknown> extends RequestQueue<T, C> {
  /** What each worker says of itself, those of other machines included. */
  workers(): Promise<readonly WorkerReport[]>;
}

/** One process's end of a queue. */
export class ConnectedQueue<T, C> implements JetStreamQueue<T, C> {
  private readonly records: RecordStore;
  private readonly waiting = new Waiting();
  private readonly closing = new AbortController();
  private worker: Worker | undefined;
  /** One that was idle, and whose place the next lease takes. */
  private leaving: Promise<void> | undefined;
  private enqueuing = 0;
  private closed: Promise<void> | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly names: Names,
    private readonly settings: QueueSettings,
    private readonly rules: InputRules<C>,
    private readonly isExclusive: boolean,
  ) {
    this.records = new RecordStore(connection, names);
  }

  get leaseTime(): number {
    return this.settings.leaseTime;
  }

  async enqueue(inputs: Pullable<FetchInput<C>>): Promise<EnqueueCounts> {
    this.checkOpen('enqueue');
    const enqueuing = new Enqueuing(this.connection, this.names, this.rules);
    let added = 0;
    let seen = 0;
    this.enqueuing++;
    try {
      for await (const batch of batchesOf('enqueue', inputs, enqueueBatch)) {
        this.checkOpen('enqueue');
        added += await enqueuing.add(batch);
        seen += batch.length;
        this.waiting.wakeAll();
      }
    } finally {
      this.enqueuing--;
      this.waiting.wakeAll();
    }
    return { added, duplicates: seen - added };
  }

  async lease(most: number, { signal, follow = false }: LeaseOptions = {}): Promise<readonly Lease<T, C>[]> {
    let lastAnswer = performance.now();
    for (
      let wait = look.least;
      !this.isClosed && signal?.aborted !== true;
      wait = Math.min(2 * wait, look.most)
    ) {
      const worker = (this.worker ??= this.newWorker());
      const { inputs, isAnswered, hasCome } = await worker.take(most);
      if (inputs.length > 0) return inputs.map((input) => this.leaseOf(worker, input));
      if (isAnswered) lastAnswer = performance.now();
      else if (performance.now() - lastAnswer > this.connection.patience) {
        throw this.connection.failure('lease from', new Error('the consumers do not answer'));
      }
      if (hasCome) {
        wait = look.least; // what came has its record: a server that was killed may have forgotten a thousand acks
        continue;
      }
      if (!follow && (await this.isFinished())) return [];
      await this.waiting.until(wait, signal);
    }
    return [];
  }

  async *results({ order = 'index', follow = false, signal }: ResultsOptions = {}): AsyncGenerator<
    FetchResult<T, C>,
    void
  > {
    const results = new Results<T, C>(this.connection, this.names);
    let next = order === 'index' ? 0 : 1;
    for (let wait = look.least; ; wait = Math.min(2 * wait, look.most)) {
      this.checkOpen('read results of');
      const isFinished = !follow || (await this.isFinished());
      const { total, last } = await this.sizes();
      const read = order === 'index' ? results.byIndex(next, total - 1) : results.bySettling(next, last);
      for await (const result of read) {
        this.checkOpen('read results of');
        if (!result && !isFinished) break; // in order of index, what is missing comes before what is there
        next++;
        if (!result) continue;
        wait = look.least;
        yield result;
      }
      if (isFinished || signal?.aborted === true) return;
      await this.waiting.until(wait, signal);
    }
  }

  async counts(): Promise<QueueCounts> {
    this.checkOpen('count');
    await this.worker?.settle();
    const [{ total, done }, failed, workers] = await Promise.all([
      this.sizes(),
      this.records.failed(),
      this.workers(),
    ]);
    const held = workers.reduce((sum, worker) => sum + worker.held, 0);
    const leased = Math.min(held, total - done);
    return { total, queued: total - done - leased, leased, done, failed };
  }

  workers(): Promise<readonly WorkerReport[]> {
    this.checkOpen('ask for the workers of');
    return workerReports(this.connection, this.names);
  }

  async purge(): Promise<void> {
    this.checkOpen('purge');
    await deleteQueue(this.connection, this.names);
    await this.close();
  }

  close(): Promise<void> {
    this.closed ??= this.leave();
    return this.closed;
  }

  private get isClosed(): boolean {
    return this.closing.signal.aborted;
  }

  private async leave(): Promise<void> {
    this.closing.abort();
    this.waiting.wakeAll();
    await this.leaving;
    await this.worker?.stop(this.leaveTime);
    await this.connection.close();
  }

  private get leaveTime(): number {
    return this.connection.isLost ? leaveTime.lost : leaveTime.connected;
  }

  private newWorker(): Worker {
    const { connection, names, settings, isExclusive, records, waiting } = this;
    const worker = new Worker(connection, names, settings, isExclusive, records, waiting, () => {
      this.worker = undefined;
      this.leaving = worker.stop(this.leaveTime);
    });
    return worker;
  }

  private leaseOf(worker: Worker, input: StockedInput): Lease<T, C> {
    const { delivery, isSuspect } = input;
    const open = (): void => this.checkOpen('write to');
    return {
      index: delivery.index,
      key: keyOfToken(delivery.token),
      ...readRequest<C>(new TextDecoder().decode(delivery.data)),
      isSuspect,
      complete: async (record) => {
        open();
        return worker.complete(input, record);
      },
      extend: async () => {
        open();
        delivery.extend();
        return Promise.resolve();
      },
      retry: async (ms) => {
        open();
        await worker.release(input, ms);
      },
      release: async () => {
        open();
        await worker.release(input);
      },
    };
  }

  /** How many inputs there are, how many have their record, and the number of the last record. */
  private sizes(): Promise<{ readonly total: number; readonly done: number; readonly last: number }> {
    const { streams } = this.connection.streams;
    return this.connection.ask('read', async () => {
      const records = await streams.info(this.names.records); // first: so there are never more than inputs
      const inputs = await streams.info(this.names.inputs);
      const { messages: total } = inputs.state;
      return { total, done: Math.min(total, records.state.messages), last: records.state.last_seq };
    });
  }

  private async isFinished(): Promise<boolean> {
    if (this.enqueuing > 0) return false;
    const { total, done } = await this.sizes();
    return done === total;
  }

  private checkOpen(doing: string): void {
    if (this.isClosed) throw new QueueError(`Cannot ${doing} ${this.names.queue}: the queue is closed`);
  }
}
