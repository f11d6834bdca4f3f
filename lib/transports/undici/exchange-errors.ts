import { errors } from 'undici';
import { toFetchError } from '../../model/failure-codes.js';
import { FetchError, isFetchError } from '../../model/fetch-error.js';
import { quote } from '../../model/target.js';
import { tooLarge } from '../too-large.js';
import { isBreakage } from './broken-sockets.js';
import { mostDecoded } from './decode.js';

/** A body that ended before its end. */
export function cutShort(subject: string, size: number, cause: Error): FetchError {
  const message = `${subject}: the connection was closed after ${size} bytes of the body, before its end`;
  return new FetchError('network', message, { phase: 'body', retryable: true, cause });
}

/** How large a body may become once it is decoded. */
export interface DecodedBounds {
  readonly maxBodyBytes: number;
  /** Times the bytes on the wire, beyond the first MiB. */
  readonly maxRatio: number;
}

/** A body that became larger than it may once it was decoded. */
export function overgrown(
  subject: string,
  { maxBodyBytes, maxRatio }: DecodedBounds,
  wireBytes: number,
  encoding: string,
): FetchError {
  if (mostDecoded(wireBytes, maxRatio, maxBodyBytes) === maxBodyBytes)
    return tooLarge(subject, maxBodyBytes, `once ${quote(encoding)} is undone`);
  const message = `${subject}: ${wireBytes} bytes of ${quote(encoding)} become more than ${maxRatio} times as many: raise maxRatio of the transport if that is no bomb`;
  return new FetchError('too-large', message, { phase: 'body' });
}

/** A body that is not what its Content-Encoding says, or became too large. */
export function undecodable(
  subject: string,
  bounds: DecodedBounds,
  wireBytes: number,
  encoding: string,
  error: Error,
): FetchError {
  if ('code' in error && error.code === 'ERR_BUFFER_TOO_LARGE')
    return overgrown(subject, bounds, wireBytes, encoding);
  const { message, code } = toFetchError(error, `${subject}: the body is not valid ${quote(encoding)}`);
  return new FetchError('decode', message, { code, phase: 'body', cause: error });
}

/** undici checks some of HTTP's rules by assertions: a status below 100 fails one. */
export function breach(subject: string, cause: Error): FetchError {
  const message = `${subject}: the response is not valid HTTP, such as a status below 100`;
  return new FetchError('protocol', message, { code: 'ERR_ASSERTION', cause });
}

export function isBreach(error: Error): boolean {
  return (error as { code?: unknown }).code === 'ERR_ASSERTION';
}
/** A sink that threw: this machine has run out of something, or it is the caller's own function. */
export function sinkError(subject: string, cause: unknown): FetchError {
  if (isFetchError(cause)) return cause;
  const meant = toFetchError(cause, `${subject}: the sink threw`);
  const { kind, message, code = '', retryable } = meant;
  const details = { code: meant.code, phase: 'body', cause } as const;
  if (noRoom.has(code)) return new FetchError('resource', message, details);
  return kind === 'resource'
    ? new FetchError(kind, message, { ...details, retryable })
    : new FetchError('project', message, details);
}

/** What a disk is out of, besides what failure-codes.ts names. */
const noRoom = /* @__PURE__ */ new Set(['EDQUOT', 'EFBIG', 'EIO', 'EROFS']);

/** Whether a connection was closed or reset: by the server, or on the way. */
export function isHangUp(error: unknown): boolean {
  return error instanceof errors.SocketError || (error instanceof Error && isBreakage(error));
}
