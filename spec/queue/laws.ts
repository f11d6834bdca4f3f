import {
  count,
  firstValueFrom,
  lastValueFrom,
  map,
  NEVER,
  of,
  Subject,
  take,
  tap,
  throwError,
  timer,
  toArray,
} from 'rxjs';
import { FetchError, type FetchEvent, type FetchRequest, type FetchResult, type Page } from 'sluice';
import { fetchQueue, type RequestQueue } from 'sluice/queue';
import { failure, page, success } from 'sluice/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

/** How a law opens a queue: the same one each time, until the law is over. */
export type Opener = <T = Page, C = unknown>(options?: {
  readonly key?: (request: FetchRequest<C>) => string;
  readonly mustExist?: boolean;
}) => Promise<RequestQueue<T, C>>;

/** What an engine has to show. */
export interface Engine {
  readonly name: string;
  /** A fresh queue's opener, and what ends it: files, servers. */
  begin(): Promise<{ readonly open: Opener; end(): Promise<void> }>;
}

const a = 'http://a/';
const b = 'http://b/';
const c = 'http://c/';
const echo = ({ url }: FetchRequest) => of(page(String(url), { body: `body of ${String(url)}` }));

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

const gist = (result: FetchResult): string =>
  `${result.index} ${String(result.request.url)} ${result.ok ? result.value.text() : result.error.kind}`;

/** What every engine keeps to. */
export function queueLaws(engine: Engine): void {
  describe(`a queue of ${engine.name}`, () => {
    let open: Opener;
    let end: () => Promise<void>;
    const opened: RequestQueue<never, never>[] = [];

    beforeEach(async () => {
      const begun = await engine.begin();
      open = async (options) => {
        const queue = await begun.open(options as never);
        opened.push(queue as RequestQueue<never, never>);
        return queue as never;
      };
      end = () => begun.end();
    });
    afterEach(async () => {
      for (const queue of opened.splice(0)) await queue.close();
      await end();
    });

    describe('enqueue', () => {
      it('counts what is new and what is there already', async () => {
        const queue = await open();
        expect(await queue.enqueue([a, b, a, new URL(b), { url: c }])).toEqual({ added: 3, duplicates: 2 });
        expect(await queue.enqueue([c, 'http://d/'])).toEqual({ added: 1, duplicates: 1 });
        expect(await queue.counts()).toEqual({ total: 4, queued: 4, leased: 0, done: 0, failed: {} });
      });

      it('takes for the same what has one method, URL and body, and nothing else', async () => {
        const queue = await open();
        const counts = await queue.enqueue([
          { url: 'http://A:80/x/../#part' },
          { url: a, headers: { accept: 'text/html' }, context: 1 },
          { url: a, method: 'get' },
          { url: a, method: 'POST', body: 'x' },
          { url: a, method: 'POST', body: new TextEncoder().encode('x') },
          { url: a, method: 'POST', body: 'y' },
          { url: `${a}?` },
        ]);
        expect(counts).toEqual({ added: 4, duplicates: 3 });
      });

      it('takes the word of the caller for it', async () => {
        const queue = await open({ key: ({ url }) => new URL(url).hostname });
        expect(await queue.enqueue([`${a}1`, `${a}2`, b])).toEqual({ added: 2, duplicates: 1 });
      });

      it('pulls a generator as it stores, and an async one', async () => {
        const queue = await open();
        let closed = false;
        function* urls(): Generator<string> {
          try {
            for (let page = 0; page < 2_500; page++) yield `${a}${page}`;
          } finally {
            closed = true;
          }
        }
        async function* more(): AsyncGenerator<string> {
          yield b;
          await Promise.resolve();
          yield c;
        }
        expect(await queue.enqueue(urls())).toEqual({ added: 2_500, duplicates: 0 });
        expect(closed).toBe(true);
        expect(await queue.enqueue(more())).toEqual({ added: 2, duplicates: 0 });
      });

      it('says what is wrong with inputs that are none', async () => {
        const queue = await open();
        await expect(queue.enqueue(a as never)).rejects.toThrow(
          'enqueue: expected inputs to be an iterable, an async iterable or a ReadableStream of URLs, got a single one: put it in an array',
        );
        await expect(queue.enqueue(7 as never)).rejects.toThrow('got 7');
      });

      it('keeps what was stored when the inputs throw', async () => {
        const queue = await open();
        function* broken(): Generator<string> {
          yield* Array.from({ length: 1_500 }, (_, at) => `${a}${at}`);
          throw new Error('the file ends here');
        }
        await expect(queue.enqueue(broken())).rejects.toThrow('the file ends here');
        expect(await queue.enqueue(Array.from({ length: 1_500 }, (_, at) => `${a}${at}`))).toEqual({
          added: 500,
          duplicates: 1_000,
        });
      });
    });

    describe('fetchQueue', () => {
      it('gives each input one record, in the queue and in the stream, under its index', async () => {
        const queue = await open();
        await queue.enqueue([a, b, c]);
        const transport = ({ url }: FetchRequest) =>
          url === b ? throwError(() => new FetchError('dns', 'no such host')) : echo({ url });
        const records = await lastValueFrom(fetchQueue(queue, { transport, retry: false }).pipe(toArray()));
        const expected = [`0 ${a} body of ${a}`, `1 ${b} dns`, `2 ${c} body of ${c}`];
        expect(records.map(gist).sort()).toEqual(expected);
        expect((await all(queue.results())).map(gist)).toEqual(expected);
        expect(await queue.counts()).toEqual({ total: 3, queued: 0, leased: 0, done: 3, failed: { dns: 1 } });
      });

      it('fetches nothing a second time, not in another run, and not after the queue was closed', async () => {
        const queue = await open();
        await queue.enqueue([a, b]);
        await lastValueFrom(fetchQueue(queue, { transport: echo }));
        await queue.close();
        const again = await open();
        expect(await again.enqueue([a, b])).toEqual({ added: 0, duplicates: 2 });
        const transport = (): never => {
          throw new Error('it was fetched');
        };
        expect(await lastValueFrom(fetchQueue(again, { transport }).pipe(count()))).toBe(0);
        expect((await all(again.results())).map(gist)).toEqual([
          `0 ${a} body of ${a}`,
          `1 ${b} body of ${b}`,
        ]);
      });

      it('brings back pages whole: headers, redirects, status and every byte', async () => {
        const queue = await open();
        await queue.enqueue([{ url: a, method: 'PUT', body: new Uint8Array([1, 255]), context: { id: 7 } }]);
        const body = Uint8Array.from({ length: 256 }, (_, byte) => byte);
        const headers = { 'content-type': 'text/plain; charset=windows-1252', 'set-cookie': ['a=1', 'b=2'] };
        let asked: unknown;
        const transport = (request: FetchRequest) => {
          asked = request.body;
          return of(page('http://a/end', { status: 203, headers, redirects: [a], body }));
        };
        const live = await firstValueFrom(fetchQueue(queue, { transport }));
        expect(asked).toEqual(Buffer.from([1, 255]));
        const [stored] = await all(queue.results());
        if (!live.ok || !stored?.ok) throw new Error('it failed');
        expect({ ...stored.value }).toEqual({ ...live.value, body: Buffer.from(body) });
        expect(stored.value.text()).toBe(live.value.text());
        expect(stored.request).toMatchObject({ url: a, method: 'PUT', context: { id: 7 } });
      });

      it('brings back what a project made, and failures with all that they say', async () => {
        const queue = await open<{ length: number }>();
        await queue.enqueue([a, b]);
        const gone = new FetchError('http', 'gone', {
          status: 410,
          retryAfter: 9,
          page: page(b, { status: 410, body: 'no' }),
        });
        const transport = (request: FetchRequest) =>
          request.url === b ? throwError(() => gone) : echo(request);
        await lastValueFrom(
          fetchQueue(queue, { transport, project: ({ body }) => ({ length: body.length }) }),
        );
        const [first, second] = await all(queue.results());
        expect(first).toMatchObject({ ok: true, value: { length: 17 }, attempts: 1 });
        if (!second || second.ok) throw new Error('it did not fail');
        expect(second.error).toBeInstanceOf(FetchError);
        expect(second.error.toJSON()).toEqual(gone.toJSON());
        expect(second.error.page?.text()).toBe('no');
      });

      it('makes a record of kind project of a value that cannot be stored, and emits that', async () => {
        const queue = await open<bigint>();
        await queue.enqueue([a]);
        const seen: FetchEvent[] = [];
        const events = { next: (event: FetchEvent) => void seen.push(event) };
        const record = await lastValueFrom(fetchQueue(queue, { transport: echo, project: () => 7n, events }));
        expect(record).toMatchObject({ index: 0, ok: false, error: { kind: 'project' } });
        expect(record).not.toHaveProperty('value');
        expect(seen.at(-1)).toMatchObject({ type: 'settle', index: 0, result: record });
        expect(await all(queue.results())).toMatchObject([{ ok: false, error: { kind: 'project' } }]);
        expect(await queue.counts()).toMatchObject({ done: 1, failed: { project: 1 } });
      });

      it('gives inputs that cannot be read a record of kind invalid, and goes on', async () => {
        const queue = await open();
        const cyclic: Record<string, unknown> = {};
        cyclic['self'] = cyclic;
        await queue.enqueue(['nonsense', { url: b, context: cyclic }, null as never, a]);
        await lastValueFrom(fetchQueue(queue, { transport: echo }));
        const kinds = (await all(queue.results())).map((result) => (result.ok ? 'ok' : result.error.kind));
        expect(kinds).toEqual(['invalid', 'invalid', 'invalid', 'ok']);
      });

      it('keeps why an input is invalid, apart from one of the same URL, and tells its events', async () => {
        const queue = await open();
        expect(
          await queue.enqueue([{ url: a, invalid: 'no key `ulr`' }, a, { url: a, invalid: 'x' }]),
        ).toEqual({
          added: 3,
          duplicates: 0,
        });
        const seen: string[] = [];
        const events = { next: ({ type, index }: FetchEvent) => void seen.push(`${type} ${index}`) };
        await lastValueFrom(fetchQueue(queue, { transport: echo, events }));
        expect(await all(queue.results())).toMatchObject([
          { ok: false, error: { kind: 'invalid', message: 'no key `ulr`' }, attempts: 0 },
          { ok: true },
          { ok: false, error: { message: 'x' } },
        ]);
        expect(seen).toEqual(expect.arrayContaining(['pull 0', 'settle 0', 'pull 2', 'settle 2']));
      });

      it('tells events under the index of the queue, and of the very records that come', async () => {
        const queue = await open();
        await queue.enqueue([a, b]);
        await lastValueFrom(fetchQueue(queue, { transport: echo }));
        await queue.enqueue([c]);
        const seen: FetchEvent[] = [];
        const events = { next: (event: FetchEvent) => void seen.push(event) };
        const record = await lastValueFrom(fetchQueue(queue, { transport: echo, events }));
        expect(seen.map(({ type, index }) => `${type} ${index}`)).toEqual(['pull 2', 'start 2', 'settle 2']);
        expect(seen.at(-1)).toMatchObject({ type: 'settle', result: record });
      });

      it('gives back what it holds when it is unsubscribed', async () => {
        const queue = await open();
        await queue.enqueue([a, b, c]);
        const started = new Subject<void>();
        const transport = () => NEVER.pipe(tap({ subscribe: () => started.next() }));
        const two = firstValueFrom(started.pipe(take(2), count()));
        const subscription = fetchQueue(queue, { transport, concurrency: 2 }).subscribe();
        await two;
        subscription.unsubscribe();
        await expect.poll(() => queue.counts()).toMatchObject({ queued: 3, leased: 0, done: 0 });
        expect(await lastValueFrom(fetchQueue(queue, { transport: echo }).pipe(count()))).toBe(3);
      });

      it('makes cancelled records of what it holds when it is aborted, and stores none of them', async () => {
        const queue = await open();
        await queue.enqueue([a, b, c]);
        const stop = new AbortController();
        const started = new Subject<void>();
        started.pipe(take(2), count()).subscribe(() => stop.abort());
        const transport = () => NEVER.pipe(tap({ subscribe: () => started.next() }));
        const records = await lastValueFrom(
          fetchQueue(queue, { transport, concurrency: 2, signal: stop.signal }).pipe(toArray()),
        );
        expect(records.map(gist)).toEqual([`0 ${a} cancelled`, `1 ${b} cancelled`]);
        await expect.poll(() => queue.counts()).toMatchObject({ queued: 3, leased: 0, done: 0 });
      });

      it('finishes what it holds and leases no more when it is drained', async () => {
        const queue = await open();
        await queue.enqueue([a, b, c, 'http://d/']);
        const drain = new AbortController();
        const release = new Subject<void>();
        let started = 0;
        const transport = (request: FetchRequest) => {
          if (++started === 2)
            queueMicrotask(() => {
              drain.abort();
              release.next();
            });
          return release.pipe(
            take(1),
            map(() => page(String(request.url))),
          );
        };
        const records = await lastValueFrom(
          fetchQueue(queue, { transport, concurrency: 2, drain: drain.signal }).pipe(toArray()),
        );
        expect(records.map(({ ok, index }) => [index, ok])).toEqual([
          [0, true],
          [1, true],
        ]);
        await expect.poll(() => queue.counts()).toMatchObject({ queued: 2, leased: 0, done: 2 });
      });

      it('stores a record before it emits it', async () => {
        const queue = await open();
        await queue.enqueue([a]);
        const record = await firstValueFrom(fetchQueue(queue, { transport: echo }));
        expect((await all(queue.results())).map(gist)).toEqual([gist(record)]);
      });

      it('waits for more when it is to follow, until it is drained', async () => {
        const queue = await open();
        const drain = new AbortController();
        const seen: number[] = [];
        const done = lastValueFrom(
          fetchQueue(queue, { transport: echo, follow: true, drain: drain.signal }).pipe(
            tap(({ index }) => {
              if (seen.push(index) === 3) drain.abort();
            }),
            count(),
          ),
        );
        await queue.enqueue([a, b]);
        await expect.poll(() => seen).toHaveLength(2);
        await queue.enqueue([c]);
        expect(await done).toBe(3);
      });

      it('says which option is wrong', async () => {
        const queue = await open();
        expect(() => fetchQueue(queue, { concurrency: 0 })).toThrow(/fetchQueue: .*concurrency/);
        expect(() => fetchQueue(queue, { follow: 1 as never })).toThrow(
          'fetchQueue: expected `follow` to be true or false, got 1',
        );
      });
    });

    describe('its workers', () => {
      it('are those that have taken inputs, with what they hold and have stored', async () => {
        const queue = await open();
        await queue.enqueue([a, b, c]);
        expect(await queue.workers()).toEqual([]);
        const before = Date.now();
        const [first] = await queue.lease(2);
        await first?.complete(success(page(a)));
        const workers = await queue.workers();
        expect(workers).toMatchObject([
          { process: expect.stringMatching(/ \d+$/) as string, held: 1, stored: 1 },
        ]);
        expect(workers[0]?.since).toBeGreaterThanOrEqual(before);
        expect(workers[0]?.since).toBeLessThanOrEqual(Date.now());
        await queue.close();
        const again = await open();
        expect(await again.workers()).toEqual([]);
      });
    });

    describe('purge', () => {
      it('leaves nothing, and closes it', async () => {
        const queue = await open();
        await queue.enqueue([a, b]);
        await queue.purge();
        await expect(queue.enqueue([a])).rejects.toThrow('the queue is closed');
        await expect(open({ mustExist: true })).rejects.toThrow(
          /^There is no queue .*enqueue something first$/,
        );
        const again = await open();
        expect(await again.enqueue([a])).toEqual({ added: 1, duplicates: 0 });
        await again.close();
        const known = await open({ mustExist: true });
        expect(await known.counts()).toMatchObject({ total: 1 });
      });
    });

    describe('a lease', () => {
      it('is held by nobody else, oldest first', async () => {
        const queue = await open();
        await queue.enqueue([a, b, c]);
        const [first, second] = await queue.lease(2);
        expect([first?.index, second?.index]).toEqual([0, 1]);
        expect(await queue.counts()).toMatchObject({ queued: 1, leased: 2 });
        expect((await queue.lease(9)).map(({ index }) => index)).toEqual([2]);
      });

      it('goes back when it is released, and not before its time when it is to be retried', async () => {
        const queue = await open();
        await queue.enqueue([a, b]);
        const [first, second] = await queue.lease(2);
        await second?.retry(60_000);
        await first?.release();
        expect((await queue.lease(2)).map(({ index }) => index)).toEqual([0]);
      });

      it('comes again when its time to be retried has come', async () => {
        const queue = await open();
        await queue.enqueue([a]);
        const [lease] = await queue.lease(1);
        await lease?.retry(100);
        expect((await queue.lease(1)).map(({ index }) => index)).toEqual([0]);
      });

      it('stores the first record and no other', async () => {
        const queue = await open();
        await queue.enqueue([a]);
        const [lease] = await queue.lease(1);
        const record = success(page(a, { body: 'first' }), { url: a });
        expect(await lease?.complete(record)).toBe(record);
        expect(await lease?.complete(failure('dns', { url: a }) as never)).toBeUndefined();
        expect((await all(queue.results())).map(gist)).toEqual([`0 ${a} first`]);
      });

      it('is not waited for when all is done, nor longer than the signal lets it', async () => {
        const queue = await open();
        expect(await queue.lease(1)).toEqual([]);
        const stop = new AbortController();
        const waiting = queue.lease(1, { follow: true, signal: stop.signal });
        stop.abort();
        expect(await waiting).toEqual([]);
      });

      it('is waited for while another is held, which may come back', async () => {
        const queue = await open();
        await queue.enqueue([a]);
        const [lease] = await queue.lease(1);
        const next = queue.lease(1);
        await lease?.release();
        expect((await next).map(({ index }) => index)).toEqual([0]);
      });
    });

    describe('results', () => {
      it('come as they were enqueued, or as they were stored', async () => {
        const queue = await open();
        await queue.enqueue([a, b, c]);
        const transport = (request: FetchRequest) =>
          timer({ [a]: 40, [b]: 20, [c]: 0 }[String(request.url)] ?? 0).pipe(
            map(() => page(String(request.url))),
          );
        await lastValueFrom(fetchQueue(queue, { transport }));
        const indexes = async (order: 'index' | 'settled') =>
          (await all(queue.results({ order }))).map(({ index }) => index);
        expect(await indexes('index')).toEqual([0, 1, 2]);
        expect(await indexes('settled')).toEqual([2, 1, 0]);
      });

      it('are followed until the last has come, in order, though the first comes last', async () => {
        const queue = await open();
        await queue.enqueue([a, b, c]);
        const followed = all(queue.results({ follow: true }));
        const leases = await queue.lease(3);
        for (const lease of [...leases].reverse()) {
          await lease.complete(success(page(String(lease.request.url)), { url: String(lease.request.url) }));
        }
        expect((await followed).map(({ index }) => index)).toEqual([0, 1, 2]);
      });

      it('may be left, and the queue goes on', async () => {
        const queue = await open();
        await queue.enqueue([a, b]);
        await lastValueFrom(fetchQueue(queue, { transport: echo }));
        for await (const { index } of queue.results()) {
          expect(index).toBe(0);
          break;
        }
        expect(await all(queue.results())).toHaveLength(2);
      });
    });

    it('says that it is closed', async () => {
      const queue = await open();
      await queue.enqueue([a]);
      await queue.close();
      await queue.close();
      await expect(queue.enqueue([b])).rejects.toThrow('closed');
      await expect(queue.counts()).rejects.toThrow('closed');
      expect(await queue.lease(1)).toEqual([]);
    });
  });
}
