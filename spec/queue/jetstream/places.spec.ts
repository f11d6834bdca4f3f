import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { count, lastValueFrom, of } from 'rxjs';
import {
  fetchQueue,
  jetstreamQueue,
  type JetStreamQueue,
  type JetStreamQueueOptions,
} from 'sluice/jetstream';
import { page } from 'sluice/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { leavesNothingBehind } from '../../support/leaks.js';
import { natsPath, startNats, type NatsServer } from '../../support/nats.js';
import { closedPort } from '../../support/servers.js';

async function nats(configuration: string): Promise<NatsServer> {
  const server = await startNats(configuration);
  onTestFinished(() => server.stop());
  return server;
}

async function open(name: string, options: JetStreamQueueOptions): Promise<JetStreamQueue> {
  const queue = await jetstreamQueue(name, { shards: 2, leaseTime: 1_000, ...options });
  onTestFinished(() => queue.close());
  return queue;
}

const fetched = (queue: JetStreamQueue): Promise<number> =>
  lastValueFrom(fetchQueue(queue, { transport: ({ url }) => of(page(String(url))) }).pipe(count()));

describe.skipIf(natsPath === undefined)('jetstreamQueue', () => {
  leavesNothingBehind();

  it('works on a server of a domain', async () => {
    const { url: servers } = await nats('jetstream { domain: far }');
    const queue = await open('q', { servers, domain: 'far' });
    await queue.enqueue(['http://a/', 'http://b/']);
    expect(await fetched(queue)).toBe(2);
    await expect(open('q', { servers, domain: 'farther' })).rejects.toThrow(
      /has no JetStream for the queue q: jetstream is not enabled.*or give `domain`/,
    );
  });

  it('works in the domain of a server that it is not connected to', async () => {
    const port = await closedPort();
    const hub = await nats(
      `jetstream { domain: hub }\nserver_name: hub\nleafnodes { listen: "127.0.0.1:${port}" }`,
    );
    const leaf = await nats(
      `jetstream { domain: leaf }\nserver_name: leaf\nleafnodes { remotes: [ { url: "nats://127.0.0.1:${port}" } ] }`,
    );
    const near = await open('near', { servers: hub.url });
    await near.enqueue(['http://a/', 'http://b/']);
    await expect.poll(() => open('near', { servers: leaf.url, domain: 'hub' })).toBeDefined();
    const far = await open('near', { servers: leaf.url, domain: 'hub' });
    expect(await far.enqueue(['http://b/', 'http://c/'])).toEqual({ added: 1, duplicates: 1 });
    expect(await fetched(far)).toBe(3);
    expect(await near.counts()).toMatchObject({ total: 3, done: 3 });
  });

  it('keeps queues of two prefixes apart, and refuses the name of one to the other', async () => {
    const { url: servers } = await nats('');
    const [ours, theirs] = [
      await open('pages', { servers, prefix: 'team.ours' }),
      await open('images', { servers, prefix: 'team.theirs' }),
    ];
    await ours.enqueue(['http://a/', 'http://b/']);
    await theirs.enqueue(['http://a/']);
    expect(await fetched(theirs)).toBe(1);
    expect(await ours.counts()).toMatchObject({ total: 2, done: 0 });
    await theirs.purge();
    expect(await fetched(ours)).toBe(2);
    await expect(open('pages', { servers })).rejects.toThrow(
      /The stream pages_inputs is not as a queue needs it: subjects is \["team\.ours\.pages\.input\.>"\] and must be \["sluice\.pages\.input\.>"\]/,
    );
  });

  it.each([
    ['inputs', { max_age: 300e9 }, /max_age is 300000000000 and must be 0/],
    ['records', { max_bytes: 1_000 }, /max_bytes is 1000 and must be -1/],
    ['records', { max_msgs_per_subject: 2 }, /max_msgs_per_subject is 2 and must be 1/],
    ['state', { allow_direct: false }, /allow_direct is false and must be true/],
  ])('refuses %s whose settings somebody has changed to %o', async (stream, change, said) => {
    const { url: servers } = await nats('');
    await open('q', { servers });
    const connection = await connect({ servers });
    onTestFinished(() => connection.close());
    const { streams } = await jetstreamManager(connection);
    await streams.update(`q_${stream}`, change);
    const attempt = open('q', { servers });
    await expect(attempt).rejects.toThrow(`The stream q_${stream} is not as a queue needs it`);
    await expect(attempt).rejects.toThrow(said);
  });
});
