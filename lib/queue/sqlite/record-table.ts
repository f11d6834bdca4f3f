import type { FailureKind } from '../../model/fetch-error.js';
import type { FetchResult } from '../../model/result.js';
import { keptRecord, readRecord } from '../stored-record.js';
import { readRequest } from '../stored-request.js';
import type { SqlDatabase, SqlRow, SqlStatement } from './driver.js';

/** A stored record, and its place among those that were stored. */
export interface ReadRecord<T, C> {
  readonly seq: number;
  readonly result: FetchResult<T, C>;
}

/** The records: one for each input, the first that came. */
export class RecordTable {
  private readonly insert: SqlStatement;
  private readonly kinds: SqlStatement;
  private readonly byIndex: SqlStatement;
  private readonly bySeq: SqlStatement;

  constructor(database: SqlDatabase) {
    this.insert = database.prepare(
      'INSERT INTO records (idx, kind, record, body) VALUES (?, ?, ?, ?) ON CONFLICT (idx) DO NOTHING',
    );
    this.kinds = database.prepare(
      'SELECT kind, count(*) AS count FROM records WHERE kind IS NOT NULL GROUP BY kind',
    );
    const read = 'SELECT r.seq, r.idx, r.record, r.body, i.request FROM records r JOIN inputs i USING (idx)';
    this.byIndex = database.prepare(`${read} WHERE r.idx > ? ORDER BY r.idx LIMIT 1`);
    this.bySeq = database.prepare(`${read} WHERE r.seq > ? ORDER BY r.seq LIMIT 1`);
  }

  /** @returns what is stored now; undefined when there was one already */
  add<T, C>(index: number, given: FetchResult<T, C>): FetchResult<T, C> | undefined {
    const { record, stored } = keptRecord(given);
    const { text, body } = stored;
    const kind = record.ok ? null : record.error.kind;
    const isFirst = this.insert.run(index, kind, text, body && body.length > 0 ? body : null) === 1;
    return isFirst ? record : undefined;
  }

  /** The first record whose index, or place in the order of settling, is beyond `last`. */
  after<T, C>(order: 'index' | 'settled', last: number): ReadRecord<T, C> | undefined {
    const row = (order === 'index' ? this.byIndex : this.bySeq).get(last);
    return row && { seq: Number(row['seq']), result: resultOf(row) };
  }

  failed(): Partial<Record<FailureKind, number>> {
    return Object.fromEntries(this.kinds.all().map(({ kind, count }) => [String(kind), Number(count)]));
  }
}

function resultOf<T, C>({ idx, record, body, request }: SqlRow): FetchResult<T, C> {
  const { request: asked } = readRequest<C>(String(request));
  const bytes = body instanceof Uint8Array ? body : undefined;
  return readRecord(Number(idx), asked, { text: String(record), body: bytes });
}
