import type { StoredMsg } from '@nats-io/jetstream';
import type { FetchResult } from '../../model/result.js';
import { readRecord } from '../stored-record.js';
import { readRequest } from '../stored-request.js';
import type { Connection } from './connection.js';
import type { Names } from './names.js';
import { unpack } from './packed-record.js';
import { recordHeaders } from './record-store.js';

/** One message of a stream. */
type Which = { readonly seq: number } | { readonly last_by_subj: string };

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
      const record = await this.message(this.names.records, { seq });
      if (!record) return undefined;
      const index = Number(record.header.get(recordHeaders.index));
      const input = await this.message(this.names.inputs, { seq: index + 1 });
      return input ? resultOf<T, C>(index, input, record) : undefined;
    });
  }

  private async ofInput(index: number): Promise<FetchResult<T, C> | undefined> {
    const { names } = this;
    const input = await this.message(names.inputs, { seq: index + 1 });
    if (!input) return undefined;
    const token = input.subject.slice(input.subject.lastIndexOf('.') + 1);
    const record = await this.message(names.records, { last_by_subj: names.record(token) });
    return record ? resultOf<T, C>(index, input, record) : undefined;
  }

  /** Asks any replica, and its leader when that has none: it may not have it yet. */
  private async message(stream: string, which: Which): Promise<StoredMsg | null> {
    const { connection } = this;
    const { direct, streams } = connection.streams;
    return (
      (await connection.ask('read', () => direct.getMessage(stream, which))) ??
      (await connection.ask('read', () => streams.getMessage(stream, which)))
    );
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
