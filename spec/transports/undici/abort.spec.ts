import { subscribe, unsubscribe as diagnosticsUnsubscribe } from 'node:diagnostics_channel';
import { setImmediate as turn } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { take } from 'rxjs';
import { Agent, buildConnector } from 'undici';
import { afterAll, describe, expect } from 'vitest';
import type { Page } from '../../../lib/model/page.js';
import { noise } from '../../support/noise.js';
import { onHead } from '../../support/servers.js';
import { it, openHandles, type LoggedAttempt, type Wire } from '../../support/wire.js';

afterAll(async () => expect(await openHandles()).toEqual([]));

/** A subscription and everything that came of it. */
interface Watched {
  readonly heard: unknown[];
  readonly attempt: LoggedAttempt;
  unsubscribe(): void;
}

function watch(wire: Wire, url: string, agent = wire.agent): Watched {
  const { pages, attempt } = wire.open(url, {}, agent);
  const heard: unknown[] = [];
  const subscription = pages.subscribe({
    next: (page: Page) => heard.push(page),
    error: (error: unknown) => heard.push(error),
    complete: () => heard.push('complete'),
  });
  return { heard, attempt, unsubscribe: () => subscription.unsubscribe() };
}

/** A promise and what resolves it. */
function signal(): { readonly given: Promise<void>; give: () => void } {
  let give: () => void = () => undefined;
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give };
}

type Connected = Parameters<buildConnector.connector>[1];

/** An Agent whose connections hang until they are told otherwise. */
class HangingAgent extends Agent {
  readonly asked: { readonly options: buildConnector.Options; readonly done: Connected }[];

  constructor() {
    const asked: HangingAgent['asked'] = [];
    super({ connect: (options, done) => void asked.push({ options, done }) });
    this.asked = asked;
  }
}

describe('unsubscribing while it connects', () => {
  it('settles at once, though undici cannot be told', async ({ wire }) => {
    const agent = new HangingAgent();
    const { heard, attempt, unsubscribe } = watch(wire, 'http://host.example/', agent);
    expect(agent.asked).toHaveLength(1);
    unsubscribe();
    await turn();
    expect(heard).toEqual([]);
    expect(attempt.phases).toEqual(['connect']);
    await agent.destroy();
    await turn();
    expect(heard).toEqual([]);
  });

  it('sends nothing when the connection is there after all', async ({ wire }) => {
    let bytes = 0;
    const server = await wire.serveRaw((socket) => socket.on('data', (chunk) => (bytes += chunk.length)));
    const agent = new HangingAgent();
    const { heard, attempt, unsubscribe } = watch(wire, server.url, agent);
    unsubscribe();
    const [{ options, done }] = agent.asked as [HangingAgent['asked'][0]];
    buildConnector({})(options, done);
    await server.accepts(1);
    await server.idle(); // it is closed without a request
    expect(bytes).toBe(0);
    expect(heard).toEqual([]);
    expect(attempt.phases).toEqual(['connect']);
    await agent.close();
  });

  it('says nothing of a connection that fails later', async ({ wire }) => {
    const agent = new HangingAgent();
    const { heard, unsubscribe } = watch(wire, 'http://host.example/', agent);
    unsubscribe();
    agent.asked[0]!.done(new Error('too late'), null);
    await turn();
    expect(heard).toEqual([]);
    await agent.close();
  });

  it('settles while the name server does not answer', async ({ wire }) => {
    const answers: (() => void)[] = [];
    const looked = signal();
    const agent = new Agent({
      connect: {
        lookup: (name, _options, done) => {
          answers.push(() => done(Object.assign(new Error(name), { code: 'ENOTFOUND' }), []));
          looked.give();
        },
      },
    });
    const { heard, unsubscribe } = watch(wire, 'http://slow.example/', agent);
    await looked.given;
    unsubscribe();
    answers[0]!();
    await agent.close();
    expect(heard).toEqual([]);
  });
});

describe('unsubscribing while it waits for a connection in use', () => {
  it('sends nothing, and lets the one before it end', async ({ wire }) => {
    const asked: string[] = [];
    const first = signal();
    const server = await wire.serve((request, response) => {
      asked.push(String(request.url));
      void first.given.then(() => response.end('first'));
    });
    const agent = new Agent({ connections: 1 });
    const before = watch(wire, `${server.url}/first`, agent);
    await server.accepts(1);
    const waiting = watch(wire, `${server.url}/second`, agent);
    waiting.unsubscribe();
    first.give();
    await agent.close();
    expect(before.heard).toEqual([expect.objectContaining({ status: 200 }), 'complete']);
    expect(waiting.heard).toEqual([]);
    expect(asked).toEqual(['/first']);
  });
});

describe('unsubscribing while it waits for the head', () => {
  it('closes the connection', async ({ wire }) => {
    const asked = signal();
    const server = await wire.serve(() => asked.give());
    const { heard, attempt, unsubscribe } = watch(wire, server.url);
    await asked.given;
    expect(attempt.phases).toEqual(['connect', 'headers']);
    unsubscribe();
    await server.idle();
    expect(heard).toEqual([]);
  });

  it('closes the connection after a 103', async ({ wire }) => {
    const sent = signal();
    const server = await wire.serve((_request, response) => {
      response.writeEarlyHints({ link: '</a.css>; rel=preload' }, sent.give);
    });
    const { heard, unsubscribe } = watch(wire, server.url);
    await sent.given;
    unsubscribe();
    await server.idle();
    expect(heard).toEqual([]);
  });

  it('closes the connection while the request is still being sent', async ({ wire }) => {
    const arriving = signal();
    const server = await wire.serveRaw((socket) => {
      socket.once('data', () => {
        socket.pause(); // 64 MiB do not fit into what lies between
        arriving.give();
      });
    });
    const agent = new Agent();
    const body = Buffer.alloc(64 * 1024 * 1024);
    const { pages } = wire.open({ url: server.url, method: 'POST', body }, {}, agent);
    const heard: unknown[] = [];
    const subscription = pages.subscribe({
      next: () => heard.push('next'),
      error: () => heard.push('error'),
    });
    await arriving.given;
    subscription.unsubscribe();
    await agent.close(); // nothing is in use on this side
    await server.close();
    expect(heard).toEqual([]);
  });
});

describe('unsubscribing in the body', () => {
  it('closes the connection', async ({ wire }) => {
    const server = await wire.serve((_request, response) => {
      const send = (): unknown =>
        !response.destroyed && response.write('x'.repeat(1_000), () => setImmediate(send));
      send();
    });
    const began = signal();
    const { pages, attempt } = wire.open(server.url, { maxBodyBytes: Infinity });
    attempt.enter = (phase) => {
      if (phase === 'body') began.give();
    };
    const heard: unknown[] = [];
    const subscription = pages.subscribe({
      next: () => heard.push('next'),
      error: () => heard.push('error'),
    });
    await began.given;
    subscription.unsubscribe();
    await server.idle();
    expect(heard).toEqual([]);
  });

  it.for(['headers', 'body'] as const)(
    'closes the connection when it is done in the very call that tells of phase %s',
    async (phase, { wire }) => {
      const server = await wire.serve((_request, response) => response.end('x'));
      const { pages, attempt } = wire.open(server.url);
      const heard: unknown[] = [];
      const entered = signal();
      const subscription = pages.subscribe({
        next: () => heard.push('next'),
        error: () => heard.push('error'),
        complete: () => heard.push('complete'),
      });
      attempt.enter = (now) => {
        if (now !== phase) return;
        subscription.unsubscribe();
        entered.give();
      };
      await entered.given;
      await server.idle();
      expect(heard).toEqual([]);
    },
  );
});

describe('unsubscribing while the body is decoded', () => {
  it('says nothing of what becomes of it', async ({ wire }) => {
    const encoded = gzipSync(noise(4 * 1024 * 1024)); // in the thread pool
    const server = await wire.serve((request, response) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip' });
      response.end(request.url === '/bad' ? encoded.subarray(0, -9) : encoded);
    });
    for (const path of ['/good', '/bad']) {
      const complete = signal();
      subscribe('undici:request:trailers', complete.give);
      const { heard, unsubscribe, attempt } = watch(wire, server.url + path);
      await complete.given;
      await turn();
      await turn(); // what is left is to decode it
      diagnosticsUnsubscribe('undici:request:trailers', complete.give);
      expect(attempt.phases.at(-1)).toBe('body');
      expect(heard).toEqual([]);
      unsubscribe();
      await wire.fetch(`${server.url}/good`); // takes as long again
      await turn();
      expect(heard).toEqual([]);
    }
  });
});

describe('unsubscribing between the hops of a redirect', () => {
  it('closes the connection of the hop under way', async ({ wire }) => {
    const asked = signal();
    const server = await wire.serve((request, response) => {
      if (request.url === '/') response.writeHead(302, { Location: '/next' }).end();
      else asked.give();
    });
    const { heard, attempt, unsubscribe } = watch(wire, server.url);
    await asked.given;
    expect(attempt.phases).toEqual(['connect', 'headers', 'connect', 'headers']);
    unsubscribe();
    await server.idle();
    expect(heard).toEqual([]);
  });

  it("closes the connections of both hops when the first one's body goes on", async ({ wire }) => {
    const asked = signal();
    const server = await wire.serveRaw((socket) => {
      onHead(socket, (head) => {
        if (head.startsWith('GET /next ')) asked.give();
        else socket.write('HTTP/1.1 302 Found\r\nLocation: /next\r\nContent-Length: 100\r\n\r\nmoved');
      });
    });
    const { heard, unsubscribe } = watch(wire, server.url);
    await asked.given;
    unsubscribe();
    await server.idle();
    expect(heard).toEqual([]);
  });
});

describe('unsubscribing when the page is there', () => {
  it('in the call that gives it keeps the connection for others', async ({ wire }) => {
    const server = await wire.serve((_request, response) => response.end('x'));
    for (let i = 0; i < 3; i++) {
      const heard: unknown[] = [];
      const { pages } = wire.open(server.url);
      await new Promise<void>((resolve) => {
        pages.pipe(take(1)).subscribe({ next: (page) => heard.push(page.text()), complete: resolve });
      });
      expect(heard).toEqual(['x']);
      await turn();
      await turn();
    }
    expect(server.accepted).toBe(1);
  });

  it('later does nothing', async ({ wire }) => {
    const server = await wire.serve((_request, response) => response.end('x'));
    const { pages } = wire.open(server.url);
    const complete = signal();
    const subscription = pages.subscribe({ complete: complete.give });
    await complete.given;
    subscription.unsubscribe();
    await turn();
    await turn();
    expect((await wire.fetch(server.url)).text()).toBe('x');
    expect(server.accepted).toBe(1);
  });
});
