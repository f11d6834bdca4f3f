import type { FailureKind } from '../../model/fetch-error.js';
import type { FetchResult } from '../../model/result.js';
import type { Connection } from './connection.js';
import { identity } from './identity.js';
import type { Names } from './names.js';
import { pack } from './packed-record.js';

/** Headers of a record's message. */
export const recordHeaders = { index: 'Sluice-Index', kind: 'Sluice-Kind' } as const;

/** Where the records are written: one for each key, the first that comes. */
export class RecordStore {
  /** Kinds that are counted already. */
  private readonly counted = new Map<FailureKind, Promise<unknown>>();

  constructor(
    private readonly connection: Connection,
    private readonly names: Names,
  ) {}

  /** @returns what is stored, if it is the first of its input; whoever knows so acks the input afterwards */
  async store<T, C>(
    token: string,
    index: number,
    given: FetchResult<T, C>,
  ): Promise<FetchResult<T, C> | undefined> {
    const { connection, names } = this;
    const { record, data, kind } = pack(given, connection.maxPayload);
    const seq = await connection.publish('store a record in', {
      subject: names.record(token),
      data,
      id: `${token} ${identity()}`, // the server's second "no" to what it has taken already is to be a yes
      headers: { [recordHeaders.index]: String(index), ...(kind && { [recordHeaders.kind]: kind }) },
    });
    if (seq === undefined) await this.settle(token);
    else if (kind) await this.countFailure(kind, token);
    return seq === undefined ? undefined : record;
  }

  /** Counts the record that an input has, whose writer may have died before it could. @returns whether there is one */
  async settle(token: string): Promise<boolean> {
    const { connection, names } = this;
    // not a direct one: that may be answered by a server which does not have the newest
    const record = await connection.ask('read', () =>
      connection.streams.streams.getMessage(names.records, { last_by_subj: names.record(token) }),
    );
    const kind = record?.header.get(recordHeaders.kind);
    if (kind) await this.countFailure(kind as FailureKind, token);
    return record !== null;
  }

  /** How many failures there are of each kind. */
  async failed(): Promise<Partial<Record<FailureKind, number>>> {
    const { connection, names } = this;
    const counts: Partial<Record<FailureKind, number>> = {};
    await connection.ask('read', async () => {
      for await (const { name, num_pending: count } of connection.streams.consumers.list(names.state)) {
        if (name.startsWith(counter) && count > 0) counts[name.slice(counter.length) as FailureKind] = count;
      }
    });
    return counts;
  }

  private async countFailure(kind: FailureKind, token: string): Promise<void> {
    const { connection, names } = this;
    let ready = this.counted.get(kind);
    if (!ready) {
      // nobody ever reads from it: what waits for it is the number of failures
      ready = connection.ask('store a record in', () =>
        connection.streams.consumers.add(names.state, {
          durable_name: `${counter}${kind}`,
          filter_subject: names.failure(kind, '*'),
          ack_policy: 'none',
        }),
      );
      this.counted.set(kind, ready);
      ready.catch(() => this.counted.delete(kind));
    }
    await ready;
    await connection.publish('store a record in', {
      subject: names.failure(kind, token),
      data: '',
      after: 0,
    });
  }
}

const counter = 'failed_';
