import type { Socket } from 'node:net';
import { lastValueFrom } from 'rxjs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import type { FetchInput } from '../../lib/model/request.js';
import type { FetchResult } from '../../lib/model/result.js';
import { toBatch } from '../../lib/operators/to-batch.js';
import { selfSigned } from '../support/certificate.js';
import { onHead } from '../support/servers.js';
import { Wire } from '../support/wire.js';

/** `it` with one connection for each host: what is asked next meets the one that was used before. */
const it = test.extend<{ wire: Wire }>({
  wire: async ({}, use) => {
    const wire = new Wire({ connections: 1, connect: { rejectUnauthorized: false } });
    try {
      await use(wire);
    } finally {
      await wire.close();
    }
  },
});

const answer = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

/** A server that answers so often on each connection, and ends it when it is asked once more. */
async function leaving(
  wire: Wire,
  answers: (connection: number) => number,
  leave: (socket: Socket) => void = (socket) => socket.destroy(),
): Promise<{ url: string; heads: string[] }> {
  const heads: string[] = [];
  let connections = 0;
  const { url } = await wire.serveRaw((socket) => {
    let left = answers(connections++);
    onHead(socket, (head) => {
      heads.push(head.split(' ', 1).join());
      if (left-- > 0) socket.write(answer);
      else leave(socket);
    });
  });
  return { url, heads };
}

const one = { concurrency: 1, retry: false } as const;

function batch(wire: Wire, inputs: FetchInput[], options: object = one): Promise<FetchResult[]> {
  return lastValueFrom(fetchFrom(inputs, { ...options, transport: wire.transport }).pipe(toBatch()));
}

/** From now on `performance.now` tells what this says. */
function stoppedClock(): { now: number } {
  const real = performance.now;
  const clock = { now: 0 };
  performance.now = () => clock.now;
  onTestFinished(() => void (performance.now = real));
  return clock;
}

const outcome = (record: FetchResult): unknown => [record.ok || record.error.kind, record.attempts];

describe('a connection that is closed in the moment it is used again', () => {
  it('costs one more request, which nobody counts', async ({ wire }) => {
    const { url, heads } = await leaving(wire, () => 1);
    const records = await batch(wire, [`${url}/1`, `${url}/2`]);
    expect(records.map(outcome)).toEqual([
      [true, 1],
      [true, 1],
    ]);
    expect(heads).toHaveLength(3);
  });

  it('costs it time and again: each input has one such request', async ({ wire }) => {
    const { url } = await leaving(wire, () => 1);
    const inputs = Array.from({ length: 6 }, (_, n) => `${url}/${n}`);
    const records = await batch(wire, inputs);
    expect(records.map(outcome)).toEqual(inputs.map(() => [true, 1]));
  });

  it('costs one more request where it is reset, too', async ({ wire }) => {
    const { url, heads } = await leaving(
      wire,
      () => 1,
      (socket) => socket.resetAndDestroy(),
    );
    const records = await batch(wire, [`${url}/1`, `${url}/2`]);
    expect(records.map(outcome)).toEqual([
      [true, 1],
      [true, 1],
    ]);
    expect(heads).toHaveLength(3);
  });

  it('takes nothing from the retry budget of the host', async ({ wire }) => {
    const { url } = await leaving(wire, () => 1);
    const inputs = Array.from({ length: 40 }, (_, n) => `${url}/${n}`);
    const records = await batch(wire, inputs, { concurrency: 1, retry: { limit: 1, budget: 0 } });
    expect(records.map(outcome)).toEqual(inputs.map(() => [true, 1]));
  });

  it.for(['PUT', 'DELETE'])(
    'costs a %s one more, as asking twice does what asking once does',
    async (method, { wire }) => {
      const { url, heads } = await leaving(wire, () => 1);
      const records = await batch(wire, [
        { url, method },
        { url, method },
      ]);
      expect(records.map(outcome)).toEqual([
        [true, 1],
        [true, 1],
      ]);
      expect(heads).toEqual([method, method, method]);
    },
  );

  it.for(['POST', 'PATCH'])('fails a %s, which is not sent twice', async (method, { wire }) => {
    const { url, heads } = await leaving(wire, () => 1);
    const records = await batch(wire, [
      { url, method },
      { url, method },
    ]);
    expect(records.map(outcome)).toEqual([
      [true, 1],
      ['network', 1],
    ]);
    expect(heads).toEqual([method, method]);
  });
});

describe('a connection that is closed without an answer', () => {
  it('fails the attempt when the connection was new: nothing was stale', async ({ wire }) => {
    const { url, heads } = await leaving(wire, () => 0);
    const records = await batch(wire, [url]);
    expect(records.map(outcome)).toEqual([['network', 1]]);
    expect(heads).toHaveLength(1);
  });

  it('fails the attempt when the connection was new and is reset', async ({ wire }) => {
    const { url, heads } = await leaving(
      wire,
      () => 0,
      (socket) => socket.resetAndDestroy(),
    );
    const records = await batch(wire, [url]);
    expect(records.map(outcome)).toEqual([['network', 1]]);
    expect(heads).toHaveLength(1);
  });

  it('is a retry that counts when the connection was new', async ({ wire }) => {
    const { url, heads } = await leaving(wire, (connection) => (connection === 0 ? 0 : 1));
    const records = await batch(wire, [url], { retry: { limit: 1, backoff: () => 0 } });
    expect(records.map(outcome)).toEqual([[true, 2]]);
    expect(heads).toHaveLength(2);
  });

  it('fails the attempt when the one request more meets a new connection that does the same', async ({
    wire,
  }) => {
    const { url, heads } = await leaving(wire, (connection) => (connection === 0 ? 1 : 0));
    const records = await batch(wire, [`${url}/1`, `${url}/2`]);
    expect(records.map(outcome)).toEqual([
      [true, 1],
      ['network', 1],
    ]);
    expect(heads).toHaveLength(3);
  });

  it.for([
    ['a second', 1_000, 3, true],
    ['longer than that', 1_001, 2, 'network'],
  ] as const)(
    'was stale only where that comes soon: the server held the request for %s',
    async ([, held, asked, second], { wire }) => {
      const clock = stoppedClock();
      const { url, heads } = await leaving(
        wire,
        () => 1,
        (socket) => {
          clock.now += held;
          socket.destroy();
        },
      );
      const records = await batch(wire, [`${url}/1`, `${url}/2`]);
      expect(records.map(outcome)).toEqual([
        [true, 1],
        [second, 1],
      ]);
      expect(heads).toHaveLength(asked);
    },
  );

  it('is a retry that counts when the server had held the request', async ({ wire }) => {
    const clock = stoppedClock();
    const { url, heads } = await leaving(
      wire,
      () => 1,
      (socket) => {
        clock.now += 30_000;
        socket.destroy();
      },
    );
    const retry = { limit: 1, backoff: () => 0 };
    const records = await batch(wire, [`${url}/1`, `${url}/2`], { concurrency: 1, retry });
    expect(records.map(outcome)).toEqual([
      [true, 1],
      [true, 2],
    ]);
    expect(heads).toHaveLength(3);
  });

  it('fails the attempt when the connection was new, TLS or not', async ({ wire }) => {
    let asked = 0;
    const { url } = await wire.serve(
      ({ socket }) => {
        asked++;
        socket.destroy();
      },
      { tls: selfSigned() },
    );
    const records = await batch(wire, [url]);
    expect(records.map(outcome)).toEqual([['network', 1]]);
    expect(asked).toBe(1);
  });

  it.for([
    ['1xx', 'HTTP/1.1 103 Early Hints\r\n\r\n'],
    ['half a head', 'HTTP/1.1 200 OK\r\ncontent-'],
  ])('fails the attempt when %s had come of the answer', async ([, begun], { wire }) => {
    const { url, heads } = await leaving(
      wire,
      () => 1,
      (socket) => socket.write(begun!, () => socket.resetAndDestroy()),
    );
    const records = await batch(wire, [`${url}/1`, `${url}/2`]);
    expect(records.map(outcome)).toEqual([
      [true, 1],
      ['network', 1],
    ]);
    expect(heads).toHaveLength(2);
  });

  it('fails the attempt when the connection was new and said 103', async ({ wire }) => {
    const { url, heads } = await leaving(
      wire,
      () => 0,
      (socket) => socket.write('HTTP/1.1 103 Early Hints\r\n\r\n', () => socket.resetAndDestroy()),
    );
    const records = await batch(wire, [url]);
    expect(records.map(outcome)).toEqual([['network', 1]]);
    expect(heads).toHaveLength(1);
  });

  it('fails the attempt when the answer had begun', async ({ wire }) => {
    let asked = 0;
    const { url } = await wire.serveRaw((socket) =>
      onHead(socket, () => {
        if (asked++ % 2 === 0) socket.write(answer);
        else socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n1234');
      }),
    );
    const records = await batch(wire, [`${url}/1`, `${url}/2`]);
    expect(records.map(outcome)).toEqual([
      [true, 1],
      ['network', 1],
    ]);
    expect(asked).toBe(2);
  });
});
