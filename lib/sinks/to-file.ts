import { extname, join, resolve } from 'node:path';
import { FetchError, isFetchError } from '../model/fetch-error.js';
import type { FetchRequest } from '../model/request.js';
import type { Resumption, Sink, SinkHead, SinkWriter } from '../model/sink.js';
import { parseTarget } from '../model/target.js';
import { fileNameOf } from './file-name.js';
import { typeExtension } from './type-extension.js';
import { PartFile, type Origin } from './part-file.js';
import { validatorOf } from './validator.js';

/** Options of {@link toFile}. */
export interface ToFileOptions {
  /**
   * Keeps what came of a body that was cut short, and lets the next attempt, or the next run, ask for the rest alone
   * (Range with If-Range, RFC 9110 §13.1.5). Bodies are asked for without compression, as parts of one cannot be
   * decoded.
   * @default false
   */
  readonly resume?: boolean;
  /**
   * What a file of a folder ends with: `url`, as its URL does; `type`, where its URL has no extension, as is usual for
   * its Content-Type, `.html`. Then a file has another name where its type has changed.
   * @default 'url'
   */
  readonly extension?: 'url' | 'type';
}

/** What {@link toFile} makes of a body. */
export interface SunkFile {
  /** Absolute path of the file. */
  readonly path: string;
  /** Bytes of the file. */
  readonly bytes: number;
}

/**
 * A sink that writes each body to a file. The file has another name until it is whole (`.sluice-….part`, in the same
 * folder), then takes its place in one step. What is not whole is removed; a process that is killed may leave a part.
 *
 * @param where a folder, which is made where it is missing: names are made from URLs, are safe on every file system,
 * and are the same each time; or a function that returns the path of the file for a request, which is taken as it is
 * @throws TypeError for wrong arguments, when called
 * @example
 * import { tmpdir } from 'node:os';
 * import { toFile, sunkOf } from 'sluice/sinks';
 *
 * const sink = toFile(`${tmpdir()}/pages`);
 * fetchFrom(urls, { sink, project: (page) => sunkOf(sink, page).path }).subscribe((result) => {
 *   console.log(result.ok ? result.value : result.error.message);
 * });
 */
export function toFile(
  where: string | ((request: FetchRequest) => string),
  { resume = false, extension = 'url' }: ToFileOptions = {},
): Sink<SunkFile> {
  if (typeof where !== 'function' && (typeof where !== 'string' || where === '')) {
    throw new TypeError(`toFile: expected a folder, or a function that returns a path, got ${shown(where)}`);
  }
  if ((extension as string) !== 'url' && (extension as string) !== 'type') {
    throw new TypeError(`toFile: expected \`extension\` to be 'url' or 'type', got ${shown(extension)}`);
  }
  const pathOf = (request: FetchRequest): string => {
    const path = typeof where === 'string' ? join(where, fileNameOf(request)) : where(request);
    if (typeof path !== 'string' || path === '')
      throw new TypeError(`toFile: expected the path of a file, got ${shown(path)}`);
    return resolve(path);
  };
  /** A name that ends with a dot and some letters has its extension. */
  const endOf = ({ headers }: SinkHead, path: string): string =>
    typeof where === 'string' && extension === 'type' && extname(path) === ''
      ? typeExtension(headers['content-type'])
      : '';
  if (!resume)
    return (head) => {
      const path = pathOf(head.request);
      return freshWriter(path + endOf(head, path));
    };
  const resumed = (head: SinkHead): Promise<SinkWriter<SunkFile>> => {
    const path = pathOf(head.request);
    return resumedWriter(path, path + endOf(head, path), head);
  };
  return Object.assign(resumed, {
    resume: (request: FetchRequest) => resumptionOf(PartFile.lasting(pathOf(request)), request),
  });
}

function shown(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : typeof value;
}

async function freshWriter(path: string): Promise<SinkWriter<SunkFile>> {
  const part = PartFile.single(path);
  await part.begin();
  return writerOf(path, part);
}

async function resumptionOf(part: PartFile, request: FetchRequest): Promise<Resumption> {
  const identity = { 'accept-encoding': 'identity' };
  const known = part.isBusy ? undefined : await part.known();
  if (!known || known.size === 0 || known.origin.url !== parseTarget(request.url).href)
    return { headers: identity, offset: 0 };
  const { origin, size } = known;
  return {
    headers: { ...identity, range: `bytes=${size}-`, 'if-range': origin.validator },
    offset: size,
  };
}

/** @param known the path as it is known before there is a response: the part is called after it */
async function resumedWriter(known: string, path: string, head: SinkHead): Promise<SinkWriter<SunkFile>> {
  const part = PartFile.lasting(known, path);
  if (part.isBusy) {
    if (head.offset === 0) return freshWriter(path);
    const message = `${head.url}: another fetch has begun to write the rest of ${path}`;
    throw new FetchError('resource', message, { phase: 'body', retryable: true });
  }
  if (head.offset > 0) {
    await part.continue(head.offset);
    return writerOf(path, part, true);
  }
  const origin = originOf(head);
  await part.begin(origin);
  return writerOf(path, part, origin !== undefined);
}

function originOf({ request, headers }: SinkHead): Origin | undefined {
  const validator = validatorOf(headers);
  return validator === undefined ? undefined : { url: parseTarget(request.url).href, validator };
}

function writerOf(path: string, part: PartFile, mayResume = false): SinkWriter<SunkFile> {
  return {
    write: (chunk) => part.write(chunk),
    async close() {
      await part.finish();
      return { path, bytes: part.bytes };
    },
    abort(error) {
      // unsubscribed, or what may go better next time
      const isTemporary = !isFetchError(error) || error.retryable;
      return mayResume && isTemporary && part.bytes > 0 ? part.leave() : part.remove();
    },
  };
}
