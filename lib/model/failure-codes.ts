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

/** Codes that mean the same, apart from each other by blanks. */
const codes = (meaning: CodeMeaning, names: string): [string, CodeMeaning][] =>
  names
    .trim()
    .split(/\s+/)
    .map((name) => [name, meaning]);

/**
 * Error codes of Node, OpenSSL, zlib, llhttp and undici, and what they mean. EINVAL is a link-local address without
 * its interface; UND_ERR_NOT_SUPPORTED an Expect header; UND_ERR_SOCKS5_REPLY_2 what the proxy's rules do not allow. A
 * code that is not here goes by its prefix, then by the error's name, else it is `unknown`.
 */
export const failureCodes: Readonly<Record<string, CodeMeaning>> = /* @__PURE__ */ (() =>
  Object.fromEntries([
    ...codes(means('dns', false), 'ENOTFOUND ENODATA ENONAME EBADNAME EAI_NODATA EAI_NONAME'),
    ...codes(means('dns', true), 'EAI_AGAIN EAI_FAIL ESERVFAIL ETIMEOUT'),
    ...codes(
      means('connect', true),
      `ECONNREFUSED EHOSTUNREACH EHOSTDOWN ENETUNREACH ENETDOWN ERR_SOCKET_CLOSED_BEFORE_CONNECTION`,
    ),
    ...codes(means('connect', false), 'EAFNOSUPPORT EINVAL EACCES EPERM'),
    ...codes(
      means('timeout', true, 'connect'),
      'ETIMEDOUT ERR_SOCKET_CONNECTION_TIMEOUT UND_ERR_CONNECT_TIMEOUT',
    ),
    ...codes(means('timeout', true, 'headers'), 'UND_ERR_HEADERS_TIMEOUT'),
    ...codes(means('timeout', true, 'body'), 'UND_ERR_BODY_TIMEOUT'),
    ...codes(
      means('network', true),
      `ECONNRESET ECONNABORTED EPIPE ENOTCONN ERR_SOCKET_CLOSED ERR_STREAM_PREMATURE_CLOSE UND_ERR_SOCKET
       UND_ERR_INFO`,
    ),
    ...codes(means('protocol', false), 'UND_ERR_HEADERS_OVERFLOW UND_ERR_RES_CONTENT_LENGTH_MISMATCH'),
    ...codes(
      means('resource', true),
      `EMFILE ENFILE ENOBUFS ENOMEM EADDRNOTAVAIL EADDRINUSE UND_ERR_BPL_MISSING_UPSTREAM
       UND_ERR_MAX_ORIGINS_REACHED`,
    ),
    ...codes(means('resource', false), 'ENOSPC'),
    ...codes(
      means('tls', false),
      `EPROTO CERT_HAS_EXPIRED CERT_NOT_YET_VALID CERT_REVOKED CERT_UNTRUSTED CERT_REJECTED
       CERT_SIGNATURE_FAILURE CERT_CHAIN_TOO_LONG DEPTH_ZERO_SELF_SIGNED_CERT SELF_SIGNED_CERT_IN_CHAIN
       UNABLE_TO_GET_ISSUER_CERT UNABLE_TO_GET_ISSUER_CERT_LOCALLY UNABLE_TO_VERIFY_LEAF_SIGNATURE
       INVALID_CA INVALID_PURPOSE HOSTNAME_MISMATCH`,
    ),
    ...codes(means('too-large', false), 'UND_ERR_RES_EXCEEDED_MAX_SIZE ERR_BUFFER_TOO_LARGE'),
    ...codes(means('decode', false), 'ERR_ENCODING_INVALID_ENCODED_DATA'),
    ...codes(
      means('invalid', false),
      `ERR_INVALID_URL ERR_INVALID_ARG_TYPE ERR_INVALID_ARG_VALUE ERR_INVALID_CHAR ERR_UNESCAPED_CHARACTERS
       UND_ERR_INVALID_ARG UND_ERR_REQ_CONTENT_LENGTH_MISMATCH UND_ERR_NOT_SUPPORTED`,
    ),
    ...codes(means('redirect', false), 'UND_ERR_REDIRECT_MAX'),
    ...codes(
      means('proxy', false),
      `UND_ERR_PRX_TLS UND_ERR_SOCKS5_VERSION UND_ERR_SOCKS5_AUTH_METHOD UND_ERR_SOCKS5_AUTH_REJECTED
       UND_ERR_SOCKS5_AUTH_FAILED UND_ERR_SOCKS5_REPLY_2`,
    ),
    ...codes(means('proxy', true), 'UND_ERR_SOCKS5'),
    ...codes(
      means('cancelled', false),
      `ABORT_ERR UND_ERR_ABORTED UND_ERR_ABORT UND_ERR_CLOSED UND_ERR_DESTROYED`,
    ),
  ]))();

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
