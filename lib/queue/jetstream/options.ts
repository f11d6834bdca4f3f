import type { KeyOf } from '../stored-request.js';
import type { FetchRequest } from '../../model/request.js';
import { checkNames } from '../../pipeline/option-names.js';

/** How to be let in, in one of four ways. */
export type NatsCredentials = NatsUser | NatsToken | NatsNkey | NatsCreds;

/** By a name and a password. */
export interface NatsUser {
  /** The name. */
  readonly user: string;
  /** The password. */
  readonly password: string;
}

/** By a token. */
export interface NatsToken {
  /** The token. */
  readonly token: string;
}

/** By a key pair. */
export interface NatsNkey {
  /** Its seed, as text: `SUA…`. */
  readonly nkey: string;
}

/** By a `.creds` file. */
export interface NatsCreds {
  /** The text of the file. */
  readonly creds: string;
}

/** Certificates as PEM text, or paths of files that hold it. */
export interface NatsTls {
  /** Whom to trust. @default the authorities that Node trusts */
  readonly ca?: string;
  /** As {@link ca}, by path. @default none */
  readonly caFile?: string;
  /** The certificate that this client shows. @default none */
  readonly cert?: string;
  /** As {@link cert}, by path. @default none */
  readonly certFile?: string;
  /** Its key. @default none */
  readonly key?: string;
  /** As {@link key}, by path. @default none */
  readonly keyFile?: string;
}

/** How a queue on NATS JetStream is reached, and made where there is none. */
export interface JetStreamQueueOptions<C = unknown> {
  /** Servers of one cluster, as `nats://host:4222`. @default 'nats://127.0.0.1:4222' */
  readonly servers?: string | readonly string[];
  /** How to be let in. @default what stands in `servers`: `nats://NAME:PASSWORD@host`, `nats://TOKEN@host` */
  readonly credentials?: NatsCredentials;
  /** Speaks TLS, with these certificates; give servers by name, as they have it. @default as the server wants it */
  readonly tls?: NatsTls;
  /** JetStream's domain. @default that of the servers */
  readonly domain?: string;
  /** What the subjects begin with; a permission on `PREFIX.>` lets in to all queues under it. @default 'sluice' */
  readonly prefix?: string;
  /** On how many servers each message is stored: 1, 3 or 5. @default that of the queue, 1 for a new one */
  readonly replicas?: number;
  /**
   * In how many parts the inputs are, by host. One worker at a time has a shard, so more workers than shards are of no
   * use.
   * @default that of the queue, 16 for a new one
   */
  readonly shards?: number;
  /**
   * How long a lease is good for without being kept up, in ms; `fetchQueue` keeps it up. What a killed worker held is
   * handed out again after so long.
   * @default that of the queue, 30_000 for a new one
   */
  readonly leaseTime?: number;
  /**
   * Whether the inputs of one host are fetched by one worker at a time, so that limits per host hold over all workers.
   * Without, all workers take from all shards: better where there are few hosts and no such limits.
   * @default true
   */
  readonly exclusive?: boolean;
  /** What is to be fetched by one worker at a time; give it as `perHost.key` too. @default the URL's origin */
  readonly host?: (request: FetchRequest<C>) => string;
  /** What distinguishes an input from others: those of one key are fetched once. @default method, URL and body */
  readonly key?: KeyOf<C>;
  /** How long to go on asking when the servers do not answer, in ms; then it is a QueueError. @default 60_000 */
  readonly patience?: number;
  /**
   * What the queue was made for, by name: stored with a new queue, compared with an old one, which is refused when it
   * differs.
   * @default none
   */
  readonly about?: Readonly<Record<string, string | number | boolean>>;
  /** Makes no queue where there is none: that is a QueueError. @default false */
  readonly mustExist?: boolean;
  /**
   * Is called with false when the connection is lost, which is then tried again and again for as long as `patience`
   * lasts, and with true when there is one again.
   * @default nobody is told
   */
  readonly onConnection?: (isConnected: boolean) => void;
}

const optionNames = Object.keys({
  servers: true,
  credentials: true,
  tls: true,
  domain: true,
  prefix: true,
  replicas: true,
  shards: true,
  leaseTime: true,
  exclusive: true,
  host: true,
  key: true,
  patience: true,
  about: true,
  mustExist: true,
  onConnection: true,
} satisfies Record<keyof JetStreamQueueOptions, true>);

const tlsNames = Object.keys({
  ca: true,
  caFile: true,
  cert: true,
  certFile: true,
  key: true,
  keyFile: true,
} satisfies Record<keyof NatsTls, true>);

/** What stands in `credentials` together. */
const waysIn = [['user', 'password'], ['token'], ['nkey'], ['creds']];

/** @throws TypeError for what cannot be meant */
export function checkQueueOptions(name: unknown, options: JetStreamQueueOptions<never>): void {
  if (typeof name !== 'string' || !/^[\w-]{1,200}$/.test(name)) {
    throw expected('the name of a queue to be letters, digits, - and _', name);
  }
  checkNames('jetstreamQueue', options, optionNames);
  const { prefix, domain, tls, credentials } = options;
  if (tls !== undefined) {
    if (!isObject(tls)) throw expected('`tls` to be an object of certificates', tls);
    checkNames('jetstreamQueue', tls, tlsNames, 'tls.');
  }
  if (credentials !== undefined && !waysIn.some((way) => isMadeOf(credentials, way))) {
    // by name alone: what they hold is secret
    const got = isObject(credentials) ? Object.keys(credentials) : typeof credentials;
    throw expected('`credentials` to be texts: { user, password }, { token }, { nkey } or { creds }', got);
  }
  if (prefix !== undefined && !/^[\w-]+(\.[\w-]+)*$/.test(prefix)) {
    throw expected('`prefix` to be words of letters, digits, - and _, with dots between them', prefix);
  }
  if (domain !== undefined && !/^[\w-]+$/.test(domain)) throw expected('`domain` to be a word', domain);
  const ranges = {
    leaseTime: [1_000, 86_400_000, 'ms'],
    patience: [1_000, 86_400_000, 'ms'],
    shards: [1, 1_024, 'shards'],
  } as const;
  for (const [option, [least, most, unit]] of Object.entries(ranges)) {
    const value = options[option as keyof typeof ranges];
    if (value !== undefined && !(Number.isInteger(value) && value >= least && value <= most)) {
      throw expected(`\`${option}\` to be ${least} to ${most} ${unit}`, value);
    }
  }
  const { replicas } = options;
  if (replicas !== undefined && ![1, 3, 5].includes(replicas)) {
    throw expected(
      '`replicas` to be 1, 3 or 5: with 2 or 4 no more servers may be lost than with 1 or 3',
      replicas,
    );
  }
  for (const option of ['key', 'host', 'onConnection'] as const) {
    const value: unknown = options[option];
    if (value !== undefined && typeof value !== 'function') {
      throw expected(`\`${option}\` to be a function`, value);
    }
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isMadeOf(credentials: unknown, names: readonly string[]): boolean {
  if (!isObject(credentials)) return false;
  const texts = Object.entries(credentials).filter(([, value]) => typeof value === 'string');
  const isWhole = texts.length === names.length && texts.every(([name]) => names.includes(name));
  return isWhole && Object.keys(credentials).length === names.length;
}

function expected(what: string, got: unknown): TypeError {
  return new TypeError(
    `jetstreamQueue: expected ${what}, got ${typeof got === 'function' ? 'a function' : JSON.stringify(got)}`,
  );
}
