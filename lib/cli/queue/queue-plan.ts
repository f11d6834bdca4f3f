import type { JetStreamQueueOptions, NatsTls } from '../../queue/jetstream/options.js';
import { fileBytes } from '../file-bytes.js';
import { nameIn, type AllGiven } from '../options/given.js';
import type { OptionKey, Values } from '../options/table.js';
import type { Surroundings } from '../surroundings.js';
import { certificates } from '../transport.js';
import { UsageError } from '../usage-error.js';
import { accessToNats, type QueueVerb } from '../verbs.js';
import type { JetStreamAddress } from './address.js';

/** A queue and how it is opened. */
export type QueuePlan =
  | {
      readonly engine: 'sqlite';
      readonly called: string;
      readonly file: string;
      readonly leaseTime?: number;
    }
  | {
      readonly engine: 'jetstream';
      readonly called: string;
      readonly name: string;
      readonly options: JetStreamQueueOptions;
    };

const ofNatsAlone: readonly OptionKey[] = ['shards', 'replicas', ...accessToNats];

/** @throws UsageError for a file that cannot be read, or options that do not fit */
export function queuePlanOf(
  verb: QueueVerb,
  given: AllGiven,
  values: Values,
  around: Surroundings,
): QueuePlan {
  const { queue, leaseTime } = values;
  if (!queue) {
    throw new UsageError(`sluice ${verb} expects --queue: sqlite:FILE, nats://HOST/NAME or tls://HOST/NAME`);
  }
  const { called } = queue;
  const lease = { ...(leaseTime !== undefined && { leaseTime }) };
  if (queue.engine === 'sqlite') {
    const stray = ofNatsAlone.find((key) => given.has(key));
    if (stray === undefined) return { engine: 'sqlite', called, file: queue.file, ...lease };
    const why = 'is for queues on NATS, and this one is a file: leave it out';
    throw new UsageError(`${nameIn(given, stray)} ${why}`);
  }
  const { shards, replicas, queueDomain: domain, queuePrefix: prefix } = values;
  const options: JetStreamQueueOptions = {
    servers: queue.servers,
    ...credentialsOf(queue, given, values, around),
    ...tlsOf(queue, given, values, around),
    ...(shards !== undefined && { shards }),
    ...(replicas !== undefined && { replicas }),
    ...(domain !== undefined && { domain }),
    ...(prefix !== undefined && { prefix }),
    ...lease,
  };
  return { engine: 'jetstream', called, name: queue.name, options };
}

function credentialsOf(
  { user, password }: JetStreamAddress,
  given: AllGiven,
  { creds }: Values,
  { read }: Surroundings,
): Pick<JetStreamQueueOptions, 'credentials'> {
  if (creds !== undefined) {
    const option = nameIn(given, 'creds');
    if (user !== undefined) {
      throw new UsageError(`${option} and the user in --queue both say who asks: leave one of them out`);
    }
    return { credentials: { creds: Buffer.from(fileBytes(option, creds, read)).toString() } };
  }
  if (user === undefined) return {};
  return { credentials: password === undefined ? { token: user } : { user, password } };
}

function tlsOf(
  { isTls }: JetStreamAddress,
  given: AllGiven,
  { queueCa, queueCert, queueKey }: Values,
  around: Surroundings,
): Pick<JetStreamQueueOptions, 'tls'> {
  if ((queueCert === undefined) !== (queueKey === undefined)) {
    const [one, other] = queueCert === undefined ? ['queueKey', 'queueCert'] : ['queueCert', 'queueKey'];
    throw new UsageError(
      `${nameIn(given, one as OptionKey)} is of no use alone: add ${nameIn(given, other as OptionKey)}`,
    );
  }
  const textOf = (key: OptionKey, file: string): string =>
    Buffer.from(fileBytes(nameIn(given, key), file, around.read)).toString('latin1');
  const tls: NatsTls = {
    ...(queueCa !== undefined && { ca: certificates(queueCa, nameIn(given, 'queueCa'), around) }),
    ...(queueCert !== undefined && { cert: textOf('queueCert', queueCert) }),
    ...(queueKey !== undefined && { key: textOf('queueKey', queueKey) }),
  };
  return isTls || Object.keys(tls).length > 0 ? { tls } : {};
}
