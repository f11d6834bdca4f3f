import { lastValueFrom } from 'rxjs';
import { test } from 'vitest';
import { FetchError } from '../../lib/model/fetch-error.js';
import type { Page } from '../../lib/model/page.js';
import type { FetchRequest } from '../../lib/model/request.js';
import { fetchTransport, type FetchTransportOptions } from '../../lib/transports/fetch/index.js';
import type { ObservedTransport, TransportLimits } from '../../lib/transports/transport.js';
import { serve, serveBytes, type TestServer } from './servers.js';
import { LoggedAttempt } from './wire.js';

/** Servers, and the transport over the `fetch` of this Node. */
export class Web {
  private readonly servers: TestServer[] = [];
  readonly transport: ObservedTransport = fetchTransport();

  readonly serve: typeof serve = async (...args) => this.keep(await serve(...args));
  readonly serveBytes: typeof serveBytes = async (...args) => this.keep(await serveBytes(...args));

  /** The page that a request is answered with. */
  fetch(
    input: string | FetchRequest,
    limits?: Partial<TransportLimits>,
    fetch?: FetchTransportOptions['fetch'],
  ): Promise<Page> {
    return lastValueFrom(this.open(input, limits, fetch).pages);
  }

  /** The error that a request ends with. */
  async failure(...args: Parameters<Web['fetch']>): Promise<FetchError> {
    const outcome: unknown = await this.fetch(...args).catch((error: unknown) => error);
    if (outcome instanceof FetchError) return outcome;
    throw new Error('expected a FetchError', { cause: outcome });
  }

  /** A fetch that has not begun, and the attempt it reports to. */
  open(
    input: string | FetchRequest,
    limits?: Partial<TransportLimits>,
    fetch?: FetchTransportOptions['fetch'],
  ): { pages: ReturnType<ObservedTransport>; attempt: LoggedAttempt } {
    const request = typeof input === 'string' ? { url: input } : input;
    const attempt = new LoggedAttempt(request, limits);
    const transport: ObservedTransport = fetch ? fetchTransport({ fetch }) : this.transport;
    return { pages: transport(request, attempt), attempt };
  }

  /** Node keeps connections of its `fetch` open for a while: the servers close them. */
  async close(): Promise<void> {
    for (const server of this.servers) await server.close();
  }

  private keep(server: TestServer): TestServer {
    this.servers.push(server);
    return server;
  }
}

/** `it` with servers that are closed when the test is over. */
export const it = test.extend<{ web: Web }>({
  web: async ({}, use) => {
    const web = new Web();
    try {
      await use(web);
    } finally {
      await web.close();
    }
  },
});
