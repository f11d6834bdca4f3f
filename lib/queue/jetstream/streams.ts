import { JetStreamApiError, type ConsumerConfig, type StreamConfig } from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import { aboutOf, differences } from '../about.js';
import { QueueError } from '../queue-error.js';
import type { Connection } from './connection.js';
import { shardConsumer, type Names } from './names.js';
import type { JetStreamQueueOptions } from './options.js';

/** What was settled when the queue was made, and holds for all who use it. */
export interface QueueSettings {
  /** Of what is written to the streams. */
  readonly version: number;
  readonly shards: number;
  readonly leaseTime: number;
  readonly about: Readonly<Record<string, string | number | boolean>>;
}

const version = 1;

/** Makes the streams and consumers of a queue, or looks whether they are as they must be. */
export async function ensureQueue(
  connection: Connection,
  names: Names,
  options: JetStreamQueueOptions<never>,
): Promise<QueueSettings> {
  const each = { max_msgs_per_subject: 1, duplicate_window: nanos(120_000) };
  const firstStays = { ...each, discard: 'new', discard_new_per_subject: true } as const;
  const { replicas, mustExist = false } = options;
  if (mustExist) await demandQueue(connection, names);
  const kept = { [names.inputs]: firstStays, [names.records]: firstStays, [names.state]: each };
  const subjects = [names.allInputs, names.allRecords, names.allState];
  for (const [at, [name, config]] of Object.entries(kept).entries()) {
    await ensureStream(connection, replicas, { ...config, name, subjects: [subjects[at] ?? ''] });
  }
  const settings = await ensureSettings(connection, names, options);
  await ensureConsumers(connection, names, settings);
  return settings;
}

/** @throws QueueError where there is none */
async function demandQueue(connection: Connection, names: Names): Promise<void> {
  const { streams } = connection.streams;
  const found = await connection.ask('open', () => orNone(streams.info(names.inputs)));
  if (found) return;
  throw new QueueError(
    `There is no queue ${names.queue} at ${connection.where}: look at its name, or enqueue something first`,
  );
}

async function ensureStream(
  connection: Connection,
  replicas: number | undefined,
  config: Partial<StreamConfig> & { name: string },
): Promise<void> {
  const wanted = {
    retention: 'limits',
    storage: 'file',
    discard: 'old',
    max_msgs: -1,
    max_bytes: -1,
    max_age: 0,
    allow_direct: true,
    ...(replicas !== undefined && { num_replicas: replicas }),
    ...config,
  } as const;
  const { streams } = connection;
  const existing = await connection.ask('open', () => orNone(streams.streams.info(config.name)));
  // two who make the same stream at once are both content
  const { config: found } =
    existing ?? (await connection.ask('make', () => streams.streams.add({ ...wanted })));
  compare(`The stream ${config.name}`, wanted, found);
}

async function ensureSettings(
  connection: Connection,
  names: Names,
  { shards, leaseTime, about = {} }: JetStreamQueueOptions<never>,
): Promise<QueueSettings> {
  const made: QueueSettings = { version, shards: shards ?? 16, leaseTime: leaseTime ?? 30_000, about };
  const data = JSON.stringify(made);
  const seq = await connection.publish('make', { subject: names.settings, data, after: 0 });
  if (seq !== undefined) return made;
  const { streams } = connection;
  const stored = await connection.ask('open', () =>
    streams.streams.getMessage(names.state, { last_by_subj: names.settings }),
  );
  const known = JSON.parse(stored?.string() ?? data) as QueueSettings;
  if (known.version > version) {
    throw new QueueError(`The queue ${names.queue} was made by a later version of sluice: update sluice`);
  }
  const list = differences(aboutOf(known.about), aboutOf(about));
  if (list !== undefined) {
    throw new QueueError(
      `The queue ${names.queue} belongs to another run: ${list}. Give another name, or what it was begun with`,
    );
  }
  for (const [option, now] of Object.entries({ leaseTime, shards })) {
    const then = known[option as 'leaseTime' | 'shards'];
    if (now === undefined || now === then) continue;
    throw new QueueError(
      `The queue ${names.queue} was made with \`${option}\` ${then}, which is fixed from then on, and it is ${now} now: leave it out, or give another name`,
    );
  }
  return known;
}

async function ensureConsumers(
  connection: Connection,
  names: Names,
  { shards, leaseTime }: QueueSettings,
): Promise<void> {
  const { streams } = connection;
  const existing = new Map<string, ConsumerConfig>();
  await connection.ask('open', async () => {
    for await (const { name, config } of streams.consumers.list(names.inputs)) existing.set(name, config);
  });
  await Promise.all(
    Array.from({ length: shards }, async (_, shard) => {
      const name = shardConsumer(shard);
      const wanted = {
        durable_name: name,
        filter_subject: names.input(shard, '*'),
        ack_policy: 'explicit',
        ack_wait: nanos(leaseTime),
        deliver_policy: 'all',
        max_deliver: -1, // else what was held too often would be kept back without a word
        max_ack_pending: 100_000, // what waits for its retry counts
        max_waiting: 512,
      } as const;
      const found = existing.get(name);
      if (found) compare(`The consumer ${name} of ${names.inputs}`, wanted, found);
      else await connection.ask('make', () => streams.consumers.add(names.inputs, { ...wanted }));
    }),
  );
}

/** Deletes all of a queue. */
export async function deleteQueue(connection: Connection, names: Names): Promise<void> {
  const { streams } = connection;
  for (const name of [names.inputs, names.records, names.state]) {
    await connection.ask('purge', () => orNone(streams.streams.delete(name)));
  }
}

function compare(what: string, wanted: object, found: object): void {
  const given = found as Readonly<Record<string, unknown>>;
  const differing = Object.entries(wanted).filter(
    ([name, value]) => JSON.stringify(given[name] ?? null) !== JSON.stringify(value),
  );
  if (differing.length === 0) return;
  const list = differing
    .map(([name, value]) => `${name} is ${JSON.stringify(given[name])} and must be ${JSON.stringify(value)}`)
    .join('; ');
  throw new QueueError(
    `${what} is not as a queue needs it: ${list}. Change that on the server, or give the queue another name`,
  );
}

async function orNone<R>(answer: Promise<R>): Promise<R | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof JetStreamApiError && error.status === 404) return undefined;
    throw error;
  }
}
