import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { WARCParser } from 'warcio';

/** A record as warcio reads it. */
export interface ReadRecord {
  readonly type: string;
  readonly uri: string | null | undefined;
  /** Of the WARC head, by lower-case names. */
  readonly fields: Readonly<Record<string, string>>;
  readonly http?: { readonly first: string; readonly headers: Readonly<Record<string, string>> };
  readonly payload: Buffer;
  /** Its bytes in the file, unzipped by themselves. */
  readonly member: Buffer;
}

/** What warcio reads of an archive; each record must be a gzip member of its own. */
export async function readWarc(path: string): Promise<ReadRecord[]> {
  const file = await readFile(path);
  const parser = new WARCParser(createReadStream(path), { keepHeadersCase: false });
  const records: ReadRecord[] = [];
  let end = 0;
  for await (const record of parser) {
    const payload = Buffer.from(await record.readFully(true));
    await record.skipFully();
    const { httpHeaders } = record;
    records.push({
      type: record.warcType,
      uri: record.warcTargetURI,
      fields: Object.fromEntries(record.warcHeaders.headers),
      ...(httpHeaders && {
        http: { first: httpHeaders.statusline, headers: Object.fromEntries(httpHeaders.headers) },
      }),
      payload,
      member: gunzipSync(file.subarray(parser.offset, parser.offset + parser.recordLength)),
    });
    end = parser.offset + parser.recordLength;
  }
  if (end !== file.length) throw new Error(`warcio read ${end} bytes of ${file.length}`);
  return records;
}
