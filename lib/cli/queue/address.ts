import { quoted, UsageError } from '../usage-error.js';

/** Where a queue is, as `--queue` says it. */
export type QueueAddress = SqliteAddress | JetStreamAddress;

/** In a file. */
export interface SqliteAddress {
  readonly engine: 'sqlite';
  readonly file: string;
  /** How messages name it. */
  readonly called: string;
}

/** On NATS JetStream. */
export interface JetStreamAddress {
  readonly engine: 'jetstream';
  readonly name: string;
  /** As `nats://host:4222`. */
  readonly servers: readonly string[];
  /** It must be TLS. */
  readonly isTls: boolean;
  /** What stands before the `@`; a user without a password is a token. */
  readonly user?: string;
  readonly password?: string;
  /** How messages name it: without a password. */
  readonly called: string;
}

/** Said where an address is cut in the wrong place, and any part of it may be of a password. */
const encoding =
  'write special characters of a user or password by their number: %2F for /, %40 for @, %3A for :, %23 for #, %25 for %';

const forms = 'sqlite:FILE, nats://HOST/NAME or tls://HOST/NAME';

/** Reads `--queue`. Never quotes what may have a password in it. @throws UsageError */
export function queueAddress(text: string): QueueAddress {
  const [, scheme = '', rest = ''] = /^([a-z][a-z\d+.-]*):(.*)$/is.exec(text) ?? [];
  switch (scheme.toLowerCase()) {
    case 'sqlite':
      return inFile(rest.replace(/^\/\//, ''));
    case 'nats':
    case 'tls':
      return onNats(scheme.toLowerCase(), rest);
    case '':
      if (text.includes('@')) throw new UsageError(`--queue expects ${forms}: it begins with none of these`);
      throw new UsageError(`--queue expects ${forms}, got ${quoted(text)}: write sqlite: before a file`);
    default:
      throw new UsageError(`--queue expects ${forms}, and there is no queue of the kind ${quoted(scheme)}`);
  }
}

function inFile(file: string): SqliteAddress {
  if (file === '') throw new UsageError('--queue names no file: write sqlite:FILE, such as sqlite:pages.db');
  return { engine: 'sqlite', file, called: `sqlite:${file}` };
}

function onNats(scheme: string, rest: string): JetStreamAddress {
  const [, login, hosts = '', path = ''] = /^\/\/(?:([^/]*)@)?([^/]*)(?:\/(.*))?$/s.exec(rest) ?? [];
  const list = hosts.split(',').map((host) => host.replace(/^(nats|tls):\/\//i, ''));
  if (path.includes('@')) throw new UsageError(`--queue has an @ behind a /: ${encoding}`);
  if (!list.every((host) => /^([\w.-]+|\[[\da-f:.]+\])(:\d+)?$/i.test(host))) {
    const hint = login === undefined ? '' : `, and ${encoding}`;
    throw new UsageError(
      `--queue has something else for a server: write ${scheme}://HOST:PORT/NAME, with commas between servers${hint}`,
    );
  }
  if (!list.every((host) => isPort(/:(\d+)$/.exec(host)?.[1] ?? '4222'))) {
    throw new UsageError(
      '--queue has a port that is none: ports are 1 to 65535, and 4222 where none is given',
    );
  }
  if (path === '') {
    throw new UsageError(
      `--queue names no queue: write its name behind the server, such as ${scheme}://${list.join(',')}/pages`,
    );
  }
  if (!/^[\w-]{1,200}$/.test(path)) {
    throw new UsageError(
      `--queue has ${quoted(path)} for a name: it is letters, digits, - and _, such as ${scheme}://${list.join(',')}/pages`,
    );
  }
  const called = `${scheme}://${list.join(',')}/${path}`;
  const servers = list.map((host) => `nats://${host}`);
  return { engine: 'jetstream', name: path, servers, isTls: scheme === 'tls', ...loginOf(login), called };
}

function isPort(digits: string): boolean {
  return Number(digits) >= 1 && Number(digits) <= 65_535;
}

function loginOf(login: string | undefined): Pick<JetStreamAddress, 'user' | 'password'> {
  if (login === undefined) return {};
  const [user = '', password] = login.split(/:(.*)/s, 2).map(decoded);
  return { user, ...(password !== undefined && { password }) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new UsageError(
      '--queue has a % in its user or password that begins no character: write %25 for it',
    );
  }
}
