import {
  FetchError,
  isFetchError,
  type FailureKind,
  type FetchErrorDetails,
  type Phase,
} from './fetch-error.js';

/** What an error code means. */
export interface CodeMeaning {
  readonly kind: FailureKind;
  readonly retryable: boolean;
  readonly phase?: Phase;
}

const means = (kind: FailureKind, retryable: boolean, phase?: Phase): CodeMeaning =>
  phase ? { kind, retryable, phase } : { kind, retryable };

/**
 * Error codes of Node, OpenSSL, zlib, llhttp and undici, and what they mean.
 * A code that is not here goes by its prefix, then by the error's name, else it is `unknown`.
 */
export const failureCodes: Readonly<Record<string, CodeMeaning>> = /* @__PURE__ */ (() => ({
  // names
  ENOTFOUND: means('dns', false),
  ENODATA: means('dns', false),
  ENONAME: means('dns', false),
  EBADNAME: means('dns', false),
  EAI_AGAIN: means('dns', true),
  EAI_FAIL: means('dns', true),
  EAI_NODATA: means('dns', false),
  EAI_NONAME: means('dns', false),
  ESERVFAIL: means('dns', true),
  ETIMEOUT: means('dns', true),
  // connections
  ECONNREFUSED: means('connect', true),
  EHOSTUNREACH: means('connect', true),
  EHOSTDOWN: means('connect', true),
  ENETUNREACH: means('connect', true),
  ENETDOWN: means('connect', true),
  ERR_SOCKET_CLOSED_BEFORE_CONNECTION: means('connect', true),
  EAFNOSUPPORT: means('connect', false),
  EINVAL: means('connect', false), // such as a link-local address without its interface
  EACCES: means('connect', false),
  EPERM: means('connect', false),
  // time
  ETIMEDOUT: means('timeout', true, 'connect'),
  ERR_SOCKET_CONNECTION_TIMEOUT: means('timeout', true, 'connect'),
  UND_ERR_CONNECT_TIMEOUT: means('timeout', true, 'connect'),
  UND_ERR_HEADERS_TIMEOUT: means('timeout', true, 'headers'),
  UND_ERR_BODY_TIMEOUT: means('timeout', true, 'body'),
  // the connection broke
  ECONNRESET: means('network', true),
  ECONNABORTED: means('network', true),
  EPIPE: means('network', true),
  ENOTCONN: means('network', true),
  ERR_SOCKET_CLOSED: means('network', true),
  ERR_STREAM_PREMATURE_CLOSE: means('network', true),
  UND_ERR_SOCKET: means('network', true),
  UND_ERR_INFO: means('network', true),
  // not valid HTTP
  UND_ERR_HEADERS_OVERFLOW: means('protocol', false),
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: means('protocol', false),
  // the machine ran out of something
  EMFILE: means('resource', true),
  ENFILE: means('resource', true),
  ENOBUFS: means('resource', true),
  ENOMEM: means('resource', true),
  ENOSPC: means('resource', false),
  EADDRNOTAVAIL: means('resource', true),
  EADDRINUSE: means('resource', true),
  UND_ERR_BPL_MISSING_UPSTREAM: means('resource', true),
  UND_ERR_MAX_ORIGINS_REACHED: means('resource', true),
  // TLS; certificate problems that have no prefix in common
  EPROTO: means('tls', false),
  CERT_HAS_EXPIRED: means('tls', false),
  CERT_NOT_YET_VALID: means('tls', false),
  CERT_REVOKED: means('tls', false),
  CERT_UNTRUSTED: means('tls', false),
  CERT_REJECTED: means('tls', false),
  CERT_SIGNATURE_FAILURE: means('tls', false),
  CERT_CHAIN_TOO_LONG: means('tls', false),
  DEPTH_ZERO_SELF_SIGNED_CERT: means('tls', false),
  SELF_SIGNED_CERT_IN_CHAIN: means('tls', false),
  UNABLE_TO_GET_ISSUER_CERT: means('tls', false),
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: means('tls', false),
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: means('tls', false),
  INVALID_CA: means('tls', false),
  INVALID_PURPOSE: means('tls', false),
  HOSTNAME_MISMATCH: means('tls', false),
  // sizes and encodings
  UND_ERR_RES_EXCEEDED_MAX_SIZE: means('too-large', false),
  ERR_BUFFER_TOO_LARGE: means('too-large', false),
  ERR_ENCODING_INVALID_ENCODED_DATA: means('decode', false),
  // the request itself
  ERR_INVALID_URL: means('invalid', false),
  ERR_INVALID_ARG_TYPE: means('invalid', false),
  ERR_INVALID_ARG_VALUE: means('invalid', false),
  ERR_INVALID_CHAR: means('invalid', false),
  ERR_UNESCAPED_CHARACTERS: means('invalid', false),
  UND_ERR_INVALID_ARG: means('invalid', false),
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: means('invalid', false),
  UND_ERR_NOT_SUPPORTED: means('invalid', false), // an Expect header
  // proxies
  UND_ERR_PRX_TLS: means('proxy', false),
  UND_ERR_SOCKS5: means('proxy', true),
  // somebody cut it short
  ABORT_ERR: means('cancelled', false),
  UND_ERR_ABORTED: means('cancelled', false),
  UND_ERR_ABORT: means('cancelled', false),
  UND_ERR_CLOSED: means('cancelled', false),
  UND_ERR_DESTROYED: means('cancelled', false),
}))();

/** What a code means that is not in the table, by how it begins. */
export const failureCodePrefixes: readonly (readonly [prefix: string, meaning: CodeMeaning])[] =
  /* @__PURE__ */ (() =>
    [
      ['HPE_', means('protocol', false)],
      ['ERR_HTTP2_', means('protocol', false)],
      ['ERR_SSL_', means('tls', false)],
      ['ERR_TLS_', means('tls', false)],
      ['ERR_OSSL_', means('tls', false)],
      ['Z_', means('decode', false)],
      ['ERR__ERROR_FORMAT_', means('decode', false)],
      ['ERR_BROTLI_', means('decode', false)],
      ['ERR_ZSTD_', means('decode', false)],
      ['EAI_', means('dns', false)],
      ['UND_ERR_SOCKS5_', means('proxy', true)],
      ['UND_ERR_PRX_', means('proxy', true)],
    ] as const)();

/** What an error without a telling code means, by its name. */
export const failureNames: Readonly<Record<string, CodeMeaning>> = /* @__PURE__ */ (() => ({
  HTTPParserError: means('protocol', false), // its code is undefined
  AbortError: means('cancelled', false),
  TimeoutError: means('timeout', true, 'attempt'),
}))();

const unknown: CodeMeaning = { kind: 'unknown', retryable: false };

/**
 * The FetchError that says what `cause` means; a FetchError is returned as it is. `subject` opens the message.
 * Takes whatever can be thrown, and never throws itself.
 */
export function toFetchError(cause: unknown, subject: string, details: FetchErrorDetails = {}): FetchError {
  if (isFetchError(cause)) return cause;
  const telling = tellingOf(cause);
  const code = codeOf(telling);
  const { kind, retryable, phase } = meaningOf(telling);
  for (const error of [cause, telling]) read(error, 'stack'); // once read, it lets go of what its frames ran on
  return new FetchError(kind, `${subject}: ${describe(telling, code)}`, {
    retryable,
    ...details,
    phase: details.phase ?? phase, // ETIMEDOUT of a read is not one of connecting
    code,
    cause,
  });
}

/** Errors inside errors that are looked at. */
const maxDepth = 8;

/**
 * The error that tells what happened. Happy Eyeballs' AggregateError says nothing, its last error does;
 * `fetch failed` says nothing, its cause does.
 */
function tellingOf(error: unknown, depth = 0): unknown {
  if (depth === maxDepth) return error;
  const last = lastOf(read(error, 'errors'));
  if (last !== undefined) return tellingOf(last, depth + 1);
  if (meaningOf(error) !== unknown) return error;
  const inner = tellingOf(read(error, 'cause'), depth + 1);
  return meaningOf(inner) === unknown ? error : inner;
}

/** A DOMException's code is a number (20, 23): its name tells more. */
function codeOf(error: unknown): string | undefined {
  const code = read(error, 'code');
  return typeof code === 'string' && code !== '' ? code : undefined;
}

function meaningOf(error: unknown): CodeMeaning {
  const code = codeOf(error);
  const exact = code === undefined ? undefined : entry(failureCodes, code);
  // ECONNREFUSED and ETIMEDOUT of a DNS query speak of the name server, not of the host
  const syscall = read(error, 'syscall');
  if (typeof syscall === 'string' && /^(query|getaddrinfo)/.test(syscall)) {
    return exact?.kind === 'dns' ? exact : { kind: 'dns', retryable: exact !== undefined };
  }
  const meaning = exact ?? failureCodePrefixes.find(([prefix]) => code?.startsWith(prefix))?.[1];
  const name = read(error, 'name');
  return meaning ?? (typeof name === 'string' ? entry(failureNames, name) : undefined) ?? unknown;
}

function describe(error: unknown, code: string | undefined): string {
  const message = read(error, 'message');
  const text = typeof message === 'string' && message !== '' ? message : (code ?? printable(error));
  return code === undefined || text.includes(code) ? text : `${text} (${code})`;
}

function entry(table: Readonly<Record<string, CodeMeaning>>, key: string): CodeMeaning | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

/** A property of what was thrown: a getter of it may throw, and `instanceof Error` fails across realms. */
function read(thrown: unknown, property: string): unknown {
  if (typeof thrown !== 'object' || thrown === null) return undefined;
  try {
    return (thrown as Record<string, unknown>)[property];
  } catch {
    return undefined;
  }
}

/** The last one of a list, unless a Proxy refuses to show it. */
function lastOf(list: unknown): unknown {
  try {
    return Array.isArray(list) ? (list as unknown[]).at(-1) : undefined;
  } catch {
    return undefined;
  }
}

function printable(value: unknown): string {
  try {
    return String(value);
  } catch {
    return 'a value that cannot be printed';
  }
}
