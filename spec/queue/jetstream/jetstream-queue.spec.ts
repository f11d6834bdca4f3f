import { once } from 'node:events';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, headers } from '@nats-io/transport-node';
import { count, lastValueFrom, of, toArray } from 'rxjs';
import type { FetchRequest, FetchResult } from 'sluice';
import {
  fetchQueue,
  jetstreamQueue,
  QueueError,
  type JetStreamQueue,
  type JetStreamQueueOptions,
} from 'sluice/jetstream';
import { page, success } from 'sluice/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { leavesNothingBehind } from '../../support/leaks.js';
import { natsPath, startNats, type NatsServer } from '../../support/nats.js';
import { closedPort } from '../../support/servers.js';

const url = (at: number | string) => `http://host-${at}/`;
const record = (to: string) => success(page(to), { url: to });

async function all(results: AsyncIterable<FetchResult>): Promise<FetchResult[]> {
  const list: FetchResult[] = [];
  for await (const result of results) list.push(result);
  return list;
}

describe.skipIf(natsPath === undefined)('jetstreamQueue', () => {
  leavesNothingBehind();
  let server: NatsServer;
  let name: string;
  let queues = 0;
  const opened: JetStreamQueue[] = [];
  beforeAll(async () => {
    server = await startNats();
  });
  afterEach(async () => {
    for (const queue of opened.splice(0)) await queue.close();
  });
  afterAll(() => server.stop());

  const fresh = (): string => (name = `queue-${queues++}`);
  async function open(options: JetStreamQueueOptions = {}): Promise<JetStreamQueue> {
    const settings = { servers: server.url, leaseTime: 1_000, shards: 4 };
    const queue = await jetstreamQueue(name, { ...settings, ...options });
    opened.push(queue);
    return queue;
  }

  async function otherNats(configuration: string): Promise<NatsServer> {
    const other = await startNats(configuration);
    onTestFinished(() => other.stop());
    return other;
  }

  describe('when it is opened', () => {
    it('says which option is wrong', async () => {
      const wrong = (options: object) => jetstreamQueue('q', options);
      await expect(jetstreamQueue('a.b')).rejects.toThrow(
        'jetstreamQueue: expected the name of a queue to be letters, digits, - and _, got "a.b"',
      );
      await expect(wrong({ leaseTime: 5 })).rejects.toThrow('`leaseTime` to be 1000 to 86400000 ms, got 5');
      await expect(wrong({ shard: 4 })).rejects.toThrow(
        'jetstreamQueue: there is no option `shard`; did you mean `shards`?',
      );
      await expect(wrong({ shards: 1.5 })).rejects.toThrow('`shards` to be 1 to 1024 shards, got 1.5');
      for (const replicas of [0, 2, 4, 7, 1.5]) {
        await expect(wrong({ replicas })).rejects.toThrow(
          `jetstreamQueue: expected \`replicas\` to be 1, 3 or 5: with 2 or 4 no more servers may be lost than with 1 or 3, got ${replicas}`,
        );
      }
      await expect(wrong({ prefix: 'a..b' })).rejects.toThrow('`prefix` to be words');
      await expect(wrong({ domain: 'a.b' })).rejects.toThrow('`domain` to be a word, got "a.b"');
      await expect(wrong({ key: 1 })).rejects.toThrow('`key` to be a function, got 1');
      await expect(wrong({ onConnection: true })).rejects.toThrow('`onConnection` to be a function');
      await expect(wrong({ tls: { caFiles: 'ca.pem' } })).rejects.toThrow(
        'there is no option `tls.caFiles`; did you mean `tls.caFile`?',
      );
      await expect(wrong({ tls: true })).rejects.toThrow('`tls` to be an object of certificates, got true');
    });

    it('says what credentials are made of, and shows none', async () => {
      const rule =
        'jetstreamQueue: expected `credentials` to be texts: { user, password }, { token }, { nkey } or { creds }';
      for (const credentials of [{ user: 'me', pass: 'secret' }, { user: 'me' }, { token: 1 }, {}]) {
        await expect(jetstreamQueue('q', { credentials: credentials as never })).rejects.toThrow(
          `${rule}, got ${JSON.stringify(Object.keys(credentials))}`,
        );
      }
      await expect(jetstreamQueue('q', { credentials: 'secret' as never })).rejects.toThrow(
        `${rule}, got "string"`,
      );
    });

    it('says that no server is there, and shows no password', async () => {
      const servers = `nats://me:secret@127.0.0.1:${await closedPort()}`;
      const failure: unknown = await jetstreamQueue('q', { servers }).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(QueueError);
      expect(String(failure)).toMatch(
        /Cannot reach the NATS server of the queue q at nats:\/\/127\.0\.0\.1:/,
      );
      expect(String(failure)).not.toContain('secret');
    });

    it('takes over how the queue was made, and refuses to differ', async () => {
      fresh();
      await open({ about: { file: 'a.txt', retries: 3 } });
      const again = await jetstreamQueue(name, { servers: server.url });
      opened.push(again);
      expect(again.leaseTime).toBe(1_000);
      await expect(open({ shards: 8, about: { file: 'b.txt' } })).rejects.toThrow(
        `The queue ${name} belongs to another run: file was "a.txt", and is "b.txt" now. Give another name, or what it was begun with`,
      );
    });

    it('refuses streams that would lose something', async () => {
      fresh();
      const nats = await connect({ servers: server.url });
      onTestFinished(() => nats.close());
      const manager = await jetstreamManager(nats);
      await manager.streams.add({
        name: `${name}_inputs`,
        subjects: [`sluice.${name}.input.>`],
        max_msgs: 9,
      });
      await expect(open()).rejects.toThrow(
        /The stream queue-\d+_inputs is not as a queue needs it: discard is "old" and must be "new"; max_msgs is 9 and must be -1; .*Change that on the server/,
      );
    });

    it('refuses a consumer that waits for another time', async () => {
      fresh();
      await (await open()).close();
      const nats = await connect({ servers: server.url });
      onTestFinished(() => nats.close());
      const manager = await jetstreamManager(nats);
      await manager.consumers.update(`${name}_inputs`, 'shard_2', { ack_wait: 7e9 });
      await expect(open()).rejects.toThrow(
        `The consumer shard_2 of ${name}_inputs is not as a queue needs it: ack_wait is 7000000000 and must be 1000000000`,
      );
    });
  });

  describe('inputs', () => {
    it('of one key of the caller are one, whatever their hosts', async () => {
      fresh();
      const queue = await open({ key: () => 'one' });
      const urls = Array.from({ length: 9 }, (_, at) => url(at));
      expect(await queue.enqueue(urls)).toEqual({ added: 1, duplicates: 8 });
      expect(await queue.enqueue([url('another')])).toEqual({ added: 0, duplicates: 1 });
    });

    it('keep a key that is no word of a subject', async () => {
      fresh();
      const key = 'a.b *>\u00e9';
      const queue = await open({ key: () => key });
      await queue.enqueue([url(1)]);
      const [lease] = await queue.lease(1);
      expect(lease?.key).toBe(key);
    });

    it('that are too large for the server become records that say so, as do pages', async () => {
      const { url: servers } = await otherNats('max_payload: 65536');
      fresh();
      const queue = await open({ servers });
      const large = 'x'.repeat(70_000);
      await queue.enqueue([{ url: url(1), context: large }, url(2), url(3)]);
      const transport = (request: FetchRequest) =>
        of(page(String(request.url), { body: request.url === url(2) ? large : 'small' }));
      const emitted = await lastValueFrom(fetchQueue(queue, { transport }).pipe(toArray()));
      const kinds = new Map(emitted.map((one) => [one.index, one.ok ? 'ok' : one.error.kind]));
      expect([0, 1, 2].map((index) => kinds.get(index))).toEqual(['invalid', 'too-large', 'ok']);
      expect(await all(queue.results())).toMatchObject([
        {
          error: { kind: 'invalid', message: expect.stringContaining('takes messages of 65536') as unknown },
        },
        { error: { kind: 'too-large', message: expect.stringContaining('raise max_payload') as unknown } },
        { ok: true },
      ]);
      expect(await queue.counts()).toMatchObject({ done: 3, failed: { invalid: 1, 'too-large': 1 } });
    });
  });

  describe('a record', () => {
    it('whose writer died before it could ack and count is counted, and nothing is fetched again', async () => {
      fresh();
      const queue = await open();
      await queue.enqueue([url(1)]);
      const [lease] = await queue.lease(1);
      const nats = await connect({ servers: server.url });
      onTestFinished(() => nats.close());
      const named = headers();
      named.set('Sluice-Index', '0');
      named.set('Sluice-Kind', 'dns');
      await jetstream(nats).publish(`sluice.${name}.record.${lease?.key}`, '', { headers: named });
      await lease?.release();
      expect(await queue.lease(1, { follow: true, signal: AbortSignal.timeout(300) })).toEqual([]);
      expect(await queue.counts()).toEqual({ total: 1, queued: 0, leased: 0, done: 1, failed: { dns: 1 } });
    });
  });

  describe('workers', () => {
    const hostOf = ({ request }: { readonly request: FetchRequest }) => new URL(String(request.url)).hostname;
    const urls = Array.from({ length: 60 }, (_, at) => `${url(at % 20)}${at}`);

    it('have each host for themselves, and hand it on when they leave', async () => {
      fresh();
      const [one, two] = [await open({ shards: 16 }), await open({ shards: 16 })];
      await one.enqueue(urls);
      const mine = await one.lease(8);
      expect(mine.length).toBeGreaterThan(0);
      const theirs = await two.lease(8); // once the first has given half of its shards up
      const hosts = new Set(mine.map(hostOf));
      expect(theirs.map(hostOf).filter((host) => hosts.has(host))).toEqual([]);
      for (const lease of mine) await lease.complete(record(String(lease.request.url)));
      await one.close();
      const rest = lastValueFrom(
        fetchQueue(two, { transport: ({ url: to }) => of(page(String(to))) }).pipe(count()),
      );
      for (const lease of theirs) await lease.complete(record(String(lease.request.url)));
      expect(await rest).toBe(urls.length - mine.length - theirs.length);
    });

    it('share hosts where that is wished', async () => {
      fresh();
      const [one, two] = [await open({ exclusive: false }), await open({ exclusive: false })];
      await one.enqueue(urls.filter((_, at) => at % 20 === 0));
      const leases = [...(await one.lease(1)), ...(await two.lease(1))];
      expect(leases.map(hostOf)).toEqual(['host-0', 'host-0']);
    });

    it('that ask for nothing any more leave their shards to others', async () => {
      fresh();
      const [idle, busy] = [await open(), await open()];
      await idle.enqueue([url(1)]);
      const [lease] = await idle.lease(1);
      await lease?.complete(record(url(1)));
      await idle.enqueue([url(1) + 'more', url(2), url(3)]);
      const taken: string[] = [];
      while (taken.length < 3) taken.push(...(await busy.lease(3)).map(({ request }) => String(request.url)));
      expect(taken.sort()).toEqual([url(1) + 'more', url(2), url(3)]);
      const [next] = await Promise.all([idle.enqueue([url(4)]), busy.lease(1)]);
      expect(next.added).toBe(1);
    });

    it('say what they do', async () => {
      fresh();
      const [queue, watcher] = [await open(), await open()];
      await queue.enqueue([url(1), url(2)]);
      const [first] = await queue.lease(1);
      await first?.complete(record(url(1)));
      await queue.lease(1);
      expect(await watcher.workers()).toMatchObject([{ held: 1, stored: 1, shards: 4 }]);
      expect(await watcher.counts()).toMatchObject({ queued: 0, leased: 1, done: 1 });
    });
  });

  it('says that the server is gone, when its patience is at its end', async () => {
    const other = await otherNats('');
    fresh();
    const queue = await open({ servers: other.url, patience: 1_000 });
    await queue.enqueue([url(1)]);
    const [lease] = await queue.lease(1);
    await other.kill();
    await expect(lease?.complete(record(url(1)))).rejects.toThrow(
      /Cannot store a record in the queue queue-\d+ at nats:\S+: no answer for 1 s .*run again when the server is back/,
    );
    await expect(queue.lease(1)).rejects.toBeInstanceOf(QueueError);
    await expect(queue.enqueue([url(2)])).rejects.toThrow('Cannot store inputs in the queue');
  });

  it('tells when the connection is lost, and when it is back', async () => {
    const other = await otherNats('');
    fresh();
    const told: boolean[] = [];
    const tell = new EventTarget();
    const next = (): Promise<unknown> => once(tell, 'told');
    const onConnection = (isConnected: boolean): void => {
      told.push(isConnected);
      tell.dispatchEvent(new Event('told'));
    };
    const queue = await open({ servers: other.url, onConnection });
    const lost = next();
    await other.kill();
    await lost;
    expect(told).toEqual([false]);
    const back = next();
    await other.restart();
    await back;
    expect(told).toEqual([false, true]);
    await queue.close();
    expect(told).toEqual([false, true]);
  });

  it('is gone when it is purged', async () => {
    fresh();
    const queue = await open();
    await queue.enqueue([url(1)]);
    await queue.purge();
    const again = await open();
    expect(await again.counts()).toMatchObject({ total: 0 });
  });
});
