import { lastValueFrom } from 'rxjs';
import { test } from 'vitest';
import { isFetchError, type FetchError } from '../../lib/model/fetch-error.js';
import type { Page } from '../../lib/model/page.js';
import type { FetchRequest } from '../../lib/model/request.js';
import type { Transport } from '../../lib/transports/transport.js';
import { serveProxy } from './proxy.js';
import { serve, serveRaw, type TestServer } from './servers.js';
import { serveSocks } from './socks.js';

/** Servers for transports that keep connections of their own: closing the servers closes those. */
export class Net {
  private readonly servers: TestServer[] = [];

  readonly serve: typeof serve = async (...args) => this.keep(await serve(...args));
  readonly serveRaw: typeof serveRaw = async (...args) => this.keep(await serveRaw(...args));
  readonly serveProxy: typeof serveProxy = async (...args) => this.keep(await serveProxy(...args));
  readonly serveSocks: typeof serveSocks = async (...args) => this.keep(await serveSocks(...args));

  async close(): Promise<void> {
    for (const server of this.servers) await server.close();
  }

  private keep<S extends TestServer>(server: S): S {
    this.servers.push(server);
    return server;
  }
}

/** The page that a request is answered with. */
export function pageOf(transport: Transport, input: string | FetchRequest): Promise<Page> {
  return lastValueFrom(transport(typeof input === 'string' ? { url: input } : input));
}

/** The error that a request ends with. */
export async function failureOf(transport: Transport, input: string | FetchRequest): Promise<FetchError> {
  const outcome: unknown = await pageOf(transport, input).catch((error: unknown) => error);
  if (isFetchError(outcome)) return outcome;
  throw new Error('expected a FetchError', { cause: outcome });
}

/** `it` with servers that are gone when the test is over. */
export const it = test.extend<{ net: Net }>({
  net: async ({}, use) => {
    const net = new Net();
    try {
      await use(net);
    } finally {
      await net.close();
    }
  },
});
