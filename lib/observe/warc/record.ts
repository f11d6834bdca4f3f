import { createHash, randomUUID } from 'node:crypto';
import {
  BaseSerializerBuffer,
  HeadersMultiMap,
  WARCRecord,
  WARCSerializer,
  WARC_1_1,
  type WARCType,
} from 'warcio';
import type { Payload } from './payload.js';

/** A record of an archive, as it is to be written. */
export interface Draft {
  readonly type: WARCType;
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly date: string;
  /** Further fields of its head; undefined: not that one. */
  readonly fields: Readonly<Record<string, string | undefined>>;
  /** What comes before the payload: the head of an HTTP message. */
  readonly head?: Uint8Array;
  readonly payload: Payload;
}

export function newId(): string {
  return `<urn:uuid:${randomUUID()}>`;
}

/** The bytes of a record, piece by piece. Its payload is read twice and not held: a first time for its digests. */
export function serialized(draft: Draft): AsyncIterable<Uint8Array> {
  const { type, id, date, fields, head, payload } = draft;
  const blockHash = createHash('sha256');
  const payloadHash = createHash('sha256');
  const record = WARCRecord.create({ type, date, warcVersion: WARC_1_1 }, read());
  // with the head in it, as bytes: warcio would take a header with three commas for three headers
  record.httpHeaders = null;
  record.warcHeaders.headers = new Fields([...record.warcHeaders.headers]);
  const { headers } = record.warcHeaders;
  headers.set('WARC-Record-ID', id);
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) headers.set(name, value);
  if (type !== 'warcinfo') {
    headers.set('WARC-Block-Digest', toCome);
    headers.set('WARC-Payload-Digest', toCome);
  }
  return new WARCSerializer(record, { gzip: false }, new SecondReading(block));

  async function* block(): AsyncGenerator<Uint8Array> {
    if (head) yield head;
    let left = payload.bytes;
    for await (const piece of payload.pieces()) {
      left -= piece.length;
      yield piece;
    }
    if (left !== 0) throw new Error('the file of a body was changed while it was archived');
  }

  async function* read(): AsyncGenerator<Uint8Array> {
    if (head) {
      blockHash.update(head);
      yield head;
    }
    for await (const piece of payload.pieces()) {
      blockHash.update(piece);
      payloadHash.update(piece);
      yield piece;
    }
    if (type === 'warcinfo') return;
    headers.set('WARC-Block-Digest', `sha256:${blockHash.digest('hex')}`);
    headers.set('WARC-Payload-Digest', `sha256:${payloadHash.digest('hex')}`);
  }
}

/** In the place of a digest until all has been read, so that warcio makes none of its own. */
const toCome = 'sha256:';

/** Fields that have one value each, whatever is in it. */
class Fields extends HeadersMultiMap {
  override isMultiValue(): boolean {
    return false;
  }
}

/** What warcio would keep between its two passes is read again instead. */
class SecondReading extends BaseSerializerBuffer {
  constructor(private readonly again: () => AsyncIterable<Uint8Array>) {
    super();
  }

  write(): void {
    // it is still where it came from
  }

  readAll(): AsyncIterable<Uint8Array> {
    return this.again();
  }

  purge(): void {
    // nothing was kept
  }
}
