import { basename } from 'node:path';
import { pipeline } from 'node:stream';
import { createGzip, gzipSync } from 'node:zlib';
import { asyncScheduler } from 'rxjs';
import { FileOutput } from '../../files/file-output.js';
import type { FetchResult } from '../../model/result.js';
import { recordLine, type RecordLine } from '../report/record-line.js';
import { draftsOf } from './drafts.js';
import { oneLine } from './http-block.js';
import { inMemory } from './payload.js';
import { newId, serialized, type Draft } from './record.js';

/** Options of {@link openWarc}. */
export interface WarcOptions {
  /**
   * Fields of the `warcinfo` record, which describes the file: `software`, `operator`, `description`, `robots` …
   * @default { software: 'sluice' }
   */
  readonly info?: Readonly<Record<string, string>>;
}

/** A WARC file that is being written. */
export interface WarcArchive {
  /**
   * Writes what is known of a record, and gives it back when the next one may come.
   *
   * @param line the record as `recordLine` says it; with its `timing` the archive knows when each page was fetched
   * @throws TypeError, by the promise, when the record holds no page but what was made of one
   * @throws OutputError, by the promise, when the file cannot be written
   */
  write<R extends FetchResult<unknown>>(result: R, line?: RecordLine): Promise<R>;
  /**
   * The file is at its end and gets its name. Where not all could be written, that is the name of the whole records.
   *
   * @throws OutputError, by the promise, when something could not be written
   */
  close(): Promise<void>;
}

/** Bytes of records that are worth a write of their own. */
const batch = 65_536;

/**
 * Opens a file for an archive of what was fetched, in the format of web archives (WARC 1.1, ISO 28500), by warcio, which
 * is an optional peer dependency. Where the name ends in `.gz` each record is compressed for itself, as readers of
 * archives expect. The file has another name beside it until it is closed.
 *
 * @param file path of the archive, `….warc.gz`; what is there is replaced
 * @throws OutputError, by the promise, when it cannot be opened
 * @example
 * import { tmpdir } from 'node:os';
 * import { concatMap, lastValueFrom } from 'rxjs';
 * import { openWarc } from 'sluice/warc';
 *
 * const archive = await openWarc(`${tmpdir()}/site.warc.gz`);
 * await lastValueFrom(fetchFrom(urls).pipe(concatMap((result) => archive.write(result))));
 * await archive.close();
 */
export async function openWarc(file: string, { info = {} }: WarcOptions = {}): Promise<WarcArchive> {
  const output = new FileOutput(file);
  const isCompressed = file.endsWith('.gz');
  const warcinfo = infoOf(file, info);
  /** Records that are to be written, and how many bytes they are. */
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  await append(warcinfo);
  await flush();
  let last: Promise<unknown> = Promise.resolve();

  return {
    async write(result, line = recordLine(result)) {
      const done = last.then(() => appendAll(result, line));
      last = done.catch(() => undefined); // a record without a page spoils no other; the output knows what has spoiled it
      await done;
      return result;
    },
    async close() {
      await last;
      await flush();
      await output.end();
    },
  };

  async function appendAll(result: FetchResult<unknown>, line: RecordLine): Promise<void> {
    const drafts = await draftsOf(result, line, warcinfo.id);
    try {
      for (const draft of drafts) await append(draft);
    } finally {
      for (const { payload } of drafts) await payload.close();
    }
  }

  async function append(draft: Draft): Promise<void> {
    const record = serialized(draft);
    if (draft.payload.bytes > batch) {
      await flush();
      // what becomes of the pipeline is heard from its last stream
      await output.writePieces(isCompressed ? pipeline(record, createGzip(), () => undefined) : record);
      return;
    }
    const pieces: Uint8Array[] = [];
    for await (const piece of record) pieces.push(piece);
    const whole = Buffer.concat(pieces);
    const member = isCompressed ? gzipSync(whole) : whole; // sooner done than handed to another thread
    waiting.push(member);
    waitingBytes += member.length;
    if (waitingBytes >= batch) await flush();
  }

  async function flush(): Promise<void> {
    const chunk = Buffer.concat(waiting);
    waiting = [];
    waitingBytes = 0;
    await output.write(chunk);
  }
}

function infoOf(file: string, info: Readonly<Record<string, string>>): Draft {
  const fields = {
    software: 'sluice',
    format: 'WARC File Format 1.1',
    conformsTo: 'https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/',
    ...info,
  };
  const lines = Object.entries(fields).map(([name, value]) => `${oneLine(name)}: ${oneLine(value)}\r\n`);
  return {
    type: 'warcinfo',
    id: newId(),
    date: new Date(asyncScheduler.now()).toISOString(),
    fields: { 'WARC-Filename': oneLine(basename(file)) },
    payload: inMemory(Buffer.from(lines.join(''))),
  };
}
