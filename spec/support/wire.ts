import { asyncScheduler, lastValueFrom } from 'rxjs';
import { Agent, type Dispatcher } from 'undici';
import { test } from 'vitest';
import { FetchError } from '../../lib/model/fetch-error.js';
import type { Page } from '../../lib/model/page.js';
import type { FetchRequest } from '../../lib/model/request.js';
import { parseTarget } from '../../lib/model/target.js';
import {
  defaultTransportLimits,
  type AttemptContext,
  type ObservedTransport,
  type TransportLimits,
  type TransportPhase,
} from '../../lib/transports/transport.js';
import { undiciTransport } from '../../lib/transports/undici/index.js';
import { serve, serveBytes, serveRaw, type TestServer } from './servers.js';

/** An attempt that writes down what the transport tells it. */
export class LoggedAttempt implements AttemptContext {
  readonly target;
  readonly limits: TransportLimits;
  readonly phases: TransportPhase[] = [];
  readonly statuses: number[] = [];
  readonly scheduler = asyncScheduler;

  constructor(
    readonly request: FetchRequest,
    limits: Partial<TransportLimits> = {},
  ) {
    this.target = parseTarget(request.url);
    this.limits = { ...defaultTransportLimits, ...limits };
  }

  enter(phase: TransportPhase): void {
    this.phases.push(phase);
  }

  responded(status: number): void {
    this.statuses.push(status);
  }

  park(): void {
    // it holds no slot
  }

  pause(): void {
    // it has no gate
  }

  mayRepeat(): boolean {
    return true;
  }
}

/** Servers, an Agent and the transport under test. */
export class Wire {
  private readonly servers: TestServer[] = [];
  readonly agent: Agent;
  readonly transport: ObservedTransport;

  constructor(options?: Agent.Options) {
    this.agent = new Agent(options);
    this.transport = undiciTransport({ dispatcher: this.agent });
  }

  readonly serve: typeof serve = async (...args) => this.keep(await serve(...args));
  readonly serveRaw: typeof serveRaw = async (...args) => this.keep(await serveRaw(...args));
  readonly serveBytes: typeof serveBytes = async (...args) => this.keep(await serveBytes(...args));

  /** The page that a request is answered with. */
  fetch(input: string | FetchRequest, limits?: Partial<TransportLimits>): Promise<Page> {
    return lastValueFrom(this.open(input, limits).pages);
  }

  /** The error that a request ends with. */
  async failure(input: string | FetchRequest, limits?: Partial<TransportLimits>): Promise<FetchError> {
    const outcome: unknown = await this.fetch(input, limits).catch((error: unknown) => error);
    if (outcome instanceof FetchError) return outcome;
    throw new Error('expected a FetchError', { cause: outcome });
  }

  /** A fetch that has not begun, and the attempt it reports to. */
  open(
    input: string | FetchRequest,
    limits?: Partial<TransportLimits>,
    dispatcher: Dispatcher = this.agent,
  ): { pages: ReturnType<ObservedTransport>; attempt: LoggedAttempt } {
    const request = typeof input === 'string' ? { url: input } : input;
    const attempt = new LoggedAttempt(request, limits);
    const transport: ObservedTransport = undiciTransport({ dispatcher });
    return { pages: transport(request, attempt), attempt };
  }

  /** Fails where a connection is still in use, or a server has one open after that. */
  async close(): Promise<void> {
    const open = (): string => this.servers.map(({ url, open }) => `${open} open at ${url}`).join(', ');
    await within(3_000, this.agent.close(), () => `a connection is still in use: ${open()}`);
    for (const server of this.servers) {
      await within(3_000, server.idle(), () => `a connection is still open: ${open()}`);
      await server.close();
    }
  }

  private keep(server: TestServer): TestServer {
    this.servers.push(server);
    return server;
  }
}

/** Fails by an error that tells why, instead of a test that hangs. */
async function within(ms: number, done: Promise<unknown>, why: () => string): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(why())), ms);
  });
  await Promise.race([done, late]).finally(() => clearTimeout(timer));
}

/** `it` with a wire that must have nothing open when the test is over. */
export const it = test.extend<{ wire: Wire }>({
  wire: async ({}, use) => {
    const wire = new Wire();
    try {
      await use(wire);
    } finally {
      await wire.close();
    }
  },
});

/** What this process still holds of TCP, sockets and servers, once what was closed is gone. */
export async function openHandles(): Promise<string[]> {
  await new Promise(setImmediate); // handles are freed at the end of the turn after the one that closed them
  await new Promise(setImmediate);
  return process.getActiveResourcesInfo().filter((name) => name.startsWith('TCP'));
}
