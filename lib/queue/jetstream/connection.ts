import { jetstream, jetstreamManager, JetStreamApiError } from '@nats-io/jetstream';
import type { JetStreamClient, JetStreamManager } from '@nats-io/jetstream';
import { ClosedConnectionError, connect, headers, type NatsConnection } from '@nats-io/transport-node';
import { QueueError } from '../queue-error.js';
import { Waiting } from '../waiting.js';
import { accessOf } from './access.js';
import { isFinal, isForbidden, isOfPeers, textOf, unreachable } from './failures.js';
import type { JetStreamQueueOptions } from './options.js';

/** What the server says of a message that it does not take, by its own numbers. */
const refusals = {
  /** The subject has its one message. */
  isTaken: 10077,
  /** Another has written to the subject first. */
  isOvertaken: 10071,
} as const;

/** How long such servers are waited for, in ms. */
const peersTime = 15_000;

/** How long an answer is waited for before the question is put again, in ms. */
const answerTime = 2_000;

/** What is to be stored. */
export interface Publication {
  readonly subject: string;
  readonly data: string | Uint8Array;
  /** Known again when it is sent a second time, within two minutes. */
  readonly id?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Only if that message is still the subject's last one; 0 is none. */
  readonly after?: number;
}

/** A connection to the servers, and the habit of asking until they answer. */
export class Connection {
  /** Ends questions that nobody will answer any more. */
  private readonly open = new Set<(lost: Error) => void>();
  private readonly waiting = new Waiting();
  private lost = false;
  private isClosing = false;
  private connectedAt = performance.now();
  /** What the server has last said that may not be done: it does not say by which question. */
  private forbidden: Error | undefined;

  private constructor(
    readonly nats: NatsConnection,
    readonly streams: JetStreamManager,
    private readonly client: JetStreamClient,
    /** What the subjects of JetStream's own interface begin with. */
    readonly api: string,
    private readonly queue: string,
    /** Its servers, without passwords. */
    readonly where: string,
    readonly patience: number,
    private readonly onConnection: JetStreamQueueOptions<never>['onConnection'],
  ) {
    void this.watch();
  }

  static async open(queue: string, options: JetStreamQueueOptions<never>): Promise<Connection> {
    const { servers = 'nats://127.0.0.1:4222', domain, patience = 60_000, leaseTime = 30_000 } = options;
    const access = accessOf(servers, options.credentials);
    const where = access.servers.join(', ');
    const nats = await connect({
      servers: [...access.servers],
      name: `sluice ${queue}`,
      timeout: 5_000,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 250,
      reconnectJitter: 250,
      // a connection that was cut silently is to be noticed before the leases run out
      pingInterval: Math.min(10_000, Math.max(250, leaseTime / 6)),
      maxPingOut: 2,
      noAsyncTraces: true,
      ...(options.tls && { tls: options.tls }),
      ...access.settings,
    }).catch((cause: unknown) => {
      throw unreachable(queue, where, options, cause);
    });
    try {
      const settings = { timeout: answerTime, ...(domain !== undefined && { domain }) };
      const streams = await jetstreamManager(nats, { ...settings, checkAPI: false });
      const api = domain === undefined ? '$JS.API' : `$JS.${domain}.API`;
      const client = jetstream(nats, settings);
      const connection = new Connection(
        nats,
        streams,
        client,
        api,
        queue,
        where,
        patience,
        options.onConnection,
      );
      await connection.findJetStream();
      return connection;
    } catch (error) {
      await nats.close();
      throw error;
    }
  }

  /** Whether there is no connection now. */
  get isLost(): boolean {
    return this.lost;
  }

  /** Since when others are heard, in ms of this process's own clock. */
  get since(): number {
    return this.connectedAt;
  }

  get maxPayload(): number {
    return this.nats.info?.max_payload ?? 1_048_576;
  }

  /** Stores one message. @returns its sequence; undefined when it is refused, as another was first */
  publish(doing: string, publication: Publication): Promise<number | undefined> {
    return this.ask(doing, () => this.send(publication));
  }

  /** As {@link publish}, with one try. */
  publishOnce(publication: Publication): Promise<number | undefined> {
    return this.once(() => this.send(publication));
  }

  private async send({ subject, data, id, headers: given, after }: Publication): Promise<number | undefined> {
    const named = headers();
    for (const [name, value] of Object.entries(given ?? {})) named.set(name, value);
    try {
      const { seq } = await this.client.publish(subject, data, {
        headers: named,
        ...(id !== undefined && { msgID: id }),
        ...(after !== undefined && { expect: { lastSubjectSequence: after } }),
      });
      return seq;
    } catch (error) {
      if (error instanceof JetStreamApiError) {
        const isRefused = error.code === refusals.isTaken || error.code === refusals.isOvertaken;
        if (isRefused) return undefined;
      }
      throw error;
    }
  }

  /**
   * Puts a question until it is answered.
   * @throws QueueError when that takes longer than the queue's patience, or the answer is no
   */
  async ask<R>(doing: string, question: () => Promise<R>): Promise<R> {
    const began = performance.now();
    for (let wait = 100; ; wait = Math.min(2 * wait, 2_000)) {
      try {
        return await this.once(question);
      } catch (error) {
        const most = isOfPeers(error) ? Math.min(peersTime, this.patience) : this.patience;
        const left = began + most - performance.now();
        if (isFinal(error) || left <= 0) throw this.failure(doing, error);
        await this.connected(Math.min(this.lost ? answerTime : wait, left));
      }
    }
  }

  /** Until there is a connection again, for so many ms at most; for so many where there is one. */
  connected(ms: number): Promise<void> {
    return this.waiting.until(ms, undefined);
  }

  /** Puts a question once, when there is a connection. What is lost with it is known to be so at once. */
  async once<R>(question: () => Promise<R>): Promise<R> {
    if (this.lost) await this.connected(answerTime);
    if (this.lost) {
      void this.probe();
      throw new Error('there is no connection'); // the client would throw the question away
    }
    return this.put(question);
  }

  private put<R>(question: () => Promise<R>): Promise<R> {
    return new Promise((resolve, reject) => {
      this.open.add(reject);
      question()
        .then(resolve, reject)
        .finally(() => this.open.delete(reject));
    });
  }

  failure(doing: string, cause: unknown): QueueError {
    if (cause instanceof QueueError) return cause;
    const code = cause instanceof JetStreamApiError ? `JETSTREAM_${cause.code}` : undefined;
    const reason = this.reasonOf(cause);
    return new QueueError(`Cannot ${doing} the queue ${this.queue} at ${this.where}: ${reason}`, {
      code,
      cause,
    });
  }

  private reasonOf(cause: unknown): string {
    if (isOfPeers(cause))
      return `${textOf(cause)}. Fewer servers than it has replicas are there, or have room for it`;
    if (isFinal(cause)) return textOf(cause);
    const time = `${Math.round(this.patience / 1_000)} s`;
    return `no answer for ${time} (${textOf(this.forbidden ?? cause)}). What was stored is safe: run again when the server is back`;
  }

  /** Servers of a cluster that have just started do not answer before they have chosen who does. */
  private findJetStream(): Promise<unknown> {
    return this.ask('open', async () => {
      try {
        await this.streams.getAccountInfo();
      } catch (cause) {
        // by name: the client does not export its class
        if (!(cause instanceof Error && cause.name === 'JetStreamNotEnabled')) throw cause;
        throw new QueueError(
          `The NATS server at ${this.where} has no JetStream for the queue ${this.queue}: ${textOf(cause)}. Start it with -js, or give \`domain\``,
          { cause },
        );
      }
    });
  }

  close(): Promise<void> {
    this.isClosing = true;
    return this.nats.close();
  }

  /** The client may tell of the end of an old connection when it has a new one: that answers. */
  private async probe(): Promise<void> {
    try {
      await this.nats.rtt();
    } catch {
      return; // there is none; the client will tell of the next one
    }
    if (this.lost) this.found();
  }

  private found(): void {
    this.setLost(false);
    this.connectedAt = performance.now();
    this.waiting.wakeAll();
  }

  private setLost(isLost: boolean): void {
    if (isLost === this.lost) return;
    this.lost = isLost;
    if (this.isClosing) return;
    try {
      this.onConnection?.(!isLost);
    } catch (error) {
      queueMicrotask(() => {
        throw error; // the caller's own: it must not cost the queue its connection
      });
    }
  }

  private async watch(): Promise<void> {
    for await (const status of this.nats.status()) {
      const { type } = status;
      if (type === 'error' && isForbidden(status.error)) this.forbidden = status.error;
      if (type !== 'disconnect' && type !== 'reconnect') continue;
      if (type === 'reconnect') this.found();
      else {
        this.setLost(true);
        for (const reject of this.open) reject(new Error('the connection was lost'));
        void this.probe();
      }
    }
    this.lost = false;
    for (const reject of this.open) reject(new ClosedConnectionError());
    this.waiting.wakeAll();
  }
}
