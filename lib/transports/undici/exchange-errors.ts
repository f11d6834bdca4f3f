import { errors } from 'undici';
import { toFetchError } from '../../model/failure-codes.js';
import { FetchError } from '../../model/fetch-error.js';
import { quote } from '../../model/target.js';
import { tooLarge } from '../too-large.js';

/** A body that ended before its end. */
export function cutShort(subject: string, size: number, cause: Error): FetchError {
  const message = `${subject}: the connection was closed after ${size} bytes of the body, before its end`;
  return new FetchError('network', message, { phase: 'body', retryable: true, cause });
}

/** A body that is not what its Content-Encoding says. */
export function undecodable(subject: string, limit: number, encoding: string, error: Error): FetchError {
  if ('code' in error && error.code === 'ERR_BUFFER_TOO_LARGE')
    return tooLarge(subject, limit, `once ${quote(encoding)} is undone`);
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

/** Where the server had said `Connection: close`, undici takes its closing too early for a breach of HTTP. */
export function isCutShort(error: Error): boolean {
  const { code } = error as { code?: unknown };
  return code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH' || error.message.includes('Invalid EOF state');
}

/**
 * The server closed an idle connection while the request was on its way (RFC 9112 §9.3.1): one that has answered
 * before. Asked where this request has had no answer yet.
 */
export function isStaleConnection(error: unknown): boolean {
  return error instanceof errors.SocketError && (error.socket?.bytesRead ?? 0) > 0;
}
