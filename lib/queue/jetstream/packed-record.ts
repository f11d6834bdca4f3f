import type { FetchResult } from '../../model/result.js';
import { FetchError, type FailureKind } from '../../model/fetch-error.js';
import { storedRecord, type StoredRecord } from '../stored-record.js';

/** What the headers and the server's own words take of a message. */
const overhead = 1_024;

/** A record as one message. */
export interface PackedRecord {
  readonly data: Uint8Array;
  /** Of a failure. */
  readonly kind: FailureKind | undefined;
}

/** Makes a message of a record: the length of its JSON, the JSON, and the bytes of its page. */
export function pack(record: FetchResult<unknown>, maxPayload: number): PackedRecord {
  const packed = packedOf(record);
  const size = packed.data.length + overhead;
  if (size <= maxPayload) return packed;
  const message =
    `The record of ${String(record.request.url)} takes ${size} bytes, and the NATS server takes messages of ${maxPayload} ` +
    '(its max_payload). Have the body go elsewhere by `sink`, keep less of it by `project`, or raise max_payload';
  return packedOf({ ...record, ok: false, error: new FetchError('too-large', message) });
}

/** The parts of a packed record. */
export function unpack(data: Uint8Array): StoredRecord {
  const length = new DataView(data.buffer, data.byteOffset, data.length).getUint32(0);
  const text = new TextDecoder().decode(data.subarray(4, 4 + length));
  const body = data.subarray(4 + length);
  return { text, body: body.length > 0 ? body : undefined };
}

function packedOf(record: FetchResult<unknown>): PackedRecord {
  const { text, body } = storedRecord(record);
  const json = Buffer.from(text);
  const length = Buffer.allocUnsafe(4);
  length.writeUInt32BE(json.length);
  // its value could not be said in JSON: then it is a failure though the record is none
  const kind = record.ok ? kindIn(text) : record.error.kind;
  return { data: Buffer.concat(body ? [length, json, body] : [length, json]), kind };
}

function kindIn(text: string): FailureKind | undefined {
  if (!text.includes('"error":')) return undefined;
  return (JSON.parse(text) as { error?: { kind: FailureKind } }).error?.kind;
}
