import { toFetchError } from '../../model/failure-codes.js';
import { FetchError } from '../../model/fetch-error.js';

/** What a proxy could not or would not do. */
export class ProxyError extends Error {
  constructor(
    message: string,
    private readonly retryable: boolean,
    cause?: unknown,
  ) {
    super(message, { cause });
  }

  /** As the record's error, which names the request. */
  failure(subject: string): FetchError {
    const { message, retryable } = this;
    return new FetchError('proxy', `${subject}: ${message}`, { phase: 'connect', retryable, cause: this });
  }
}

/** The proxy cannot be reached, or breaks off. @param name its URL without credentials */
export function proxyBroken(name: string, cause: Error): ProxyError {
  const { message, retryable } = toFetchError(cause, `the proxy ${name} cannot be used`);
  return new ProxyError(message, retryable, cause);
}

/** The proxy says no. */
export function proxyRefused(name: string, status: number, asked: string): ProxyError {
  const message =
    status === 407
      ? `the proxy ${name} asks for credentials (407): put them into its URL as user:password@`
      : `the proxy ${name} answers ${status} to ${asked}`;
  return new ProxyError(message, status >= 500);
}
