import type { StoredMsg } from '@nats-io/jetstream';
import type { FetchResult } from '../../model/result.js';
import { readRecord } from '../stored-record.js';
import { readRequest } from '../stored-request.js';
import type { Connection } from './connection.js';
import type { Names } from './names.js';
import { unpack } from './packed-record.js';
import { recordHeaders } from './record-store.js';

/** How many records are asked for ahead. */
const window = 256;

/** Reads records. Each is two questions, one for the input and one for the record; many are on their way at once. */
export class Results<T, C> {
  constructor(
    private readonly connection: Connection,
    private readonly names: Names,
  ) {}

  /** Those of the inputs `from` to `to`, in that order; undefined for one that has none yet. */
  byIndex(from: number, to: number): AsyncGenerator<FetchResult<T, C> | undefined> {
    return ahead(from, to, (index) => this.ofInput(index));
  }

  /** Those that were stored as number `from` to `to`. */
  bySettling(from: number, to: number): AsyncGenerator<FetchResult<T, C> | undefined> {
    return ahead(from, to, async (seq) => {
      const record = await this.direct(this.names.records, seq);
      if (!record) return undefined;
      const index = Number(record.header.get(recordHeaders.index));
      const input = await this.direct(this.names.inputs, index + 1);
      return input ? resultOf<T, C>(index, input, record) : undefined;
    });
  }

  private async ofInput(index: number): Promise<FetchResult<T, C> | undefined> {
    const { connection, names } = this;
    const input = await this.direct(names.inputs, index + 1);
    if (!input) return undefined;
    const token = input.subject.slice(input.subject.lastIndexOf('.') + 1);
    const last = { last_by_subj: names.record(token) };
    const { direct, streams } = connection.streams;
    const record =
      (await connection.ask('read', () => direct.getMessage(names.records, last))) ??
      // a replica may not have it yet
      (await connection.ask('read', () => streams.getMessage(names.records, last)));
    return record ? resultOf<T, C>(index, input, record) : undefined;
  }

  private direct(stream: string, seq: number): Promise<StoredMsg | null> {
    const { direct } = this.connection.streams;
    return this.connection.ask('read', () => direct.getMessage(stream, { seq }));
  }
}

/** Gets item after item, with so many on their way. */
async function* ahead<R>(from: number, to: number, get: (at: number) => Promise<R>): AsyncGenerator<R> {
  const coming: Promise<R>[] = [];
  try {
    for (let at = from; at <= to || coming.length > 0;) {
      while (at <= to && coming.length < window) coming.push(get(at++));
      const next = coming.shift();
      if (next) yield await next;
    }
  } finally {
    for (const left of coming) left.catch(() => undefined); // the reader has left, or has its error
  }
}

function resultOf<T, C>(index: number, input: StoredMsg, record: StoredMsg): FetchResult<T, C> {
  const { request } = readRequest<C>(input.string());
  return readRecord(index, request, unpack(record.data));
}
