import type { FetchResult } from '../../model/result.js';
import { FetchError, type FailureKind } from '../../model/fetch-error.js';
import { failureOf, keptRecord, type StoredRecord } from '../stored-record.js';

/** What the headers and the server's own words take of a message. */
const overhead = 1_024;

/** A record as one message. */
export interface PackedRecord<T, C> {
  /** The given one, or the failure that is stored in its place. */
  readonly record: FetchResult<T, C>;
  readonly data: Uint8Array;
  /** Of a failure. */
  readonly kind: FailureKind | undefined;
}

/** Makes a message of a record: the length of its JSON, the JSON, and the bytes of its page. */
export function pack<T, C>(record: FetchResult<T, C>, maxPayload: number): PackedRecord<T, C> {
  const packed = packedOf(record);
  const size = packed.data.length + overhead;
  if (size <= maxPayload) return packed;
  const message =
    `The record of ${String(record.request.url)} takes ${size} bytes, and the NATS server takes messages of ${maxPayload} ` +
    '(its max_payload). Have the body go elsewhere by `sink`, keep less of it by `project`, or raise max_payload';
  return packedOf(failureOf(record, new FetchError('too-large', message)));
}

/** The parts of a packed record. */
export function unpack(data: Uint8Array): StoredRecord {
  const length = new DataView(data.buffer, data.byteOffset, data.length).getUint32(0);
  const text = new TextDecoder().decode(data.subarray(4, 4 + length));
  const body = data.subarray(4 + length);
  return { text, body: body.length > 0 ? body : undefined };
}

function packedOf<T, C>(given: FetchResult<T, C>): PackedRecord<T, C> {
  const { record, stored } = keptRecord(given);
  const { text, body } = stored;
  const json = Buffer.from(text);
  const length = Buffer.allocUnsafe(4);
  length.writeUInt32BE(json.length);
  const kind = record.ok ? undefined : record.error.kind;
  return { record, data: Buffer.concat(body ? [length, json, body] : [length, json]), kind };
}
