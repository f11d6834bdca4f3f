import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { pages, strayUrls } from './pages.js';
import type { Expected } from './routes.js';

/** A URL of the site, and what becomes of it. */
export interface SitePage {
  readonly url: string;
  readonly expected: Expected;
}

/** A site that is running. */
export interface Site {
  /** Every URL with what its fetch gives. The order is always the same; the ports are not. */
  readonly pages: readonly SitePage[];
  /** The URLs alone. */
  readonly urls: readonly string[];
  /** Where it listens: `http://127.0.0.1:49152` and, where the machine has them, more loopback addresses. */
  readonly origins: readonly string[];
  /** Ends the site and every connection to it. */
  close(): Promise<void>;
}

/**
 * Starts a site of about 300 pages on this machine, in a process of its own, so that serving takes no time
 * from the fetching that is watched. There is every kind of page a crawl meets: small and large, slow,
 * compressed, in old charsets, redirected, missing, failing once, and broken in all the usual ways.
 *
 * It is deterministic, with one thing to know: pages that heal fail at every other request, from the first on.
 *
 * @param server the program of its process: server.ts, as it is built beside the command
 */
export async function startSite(server = new URL('site-server.js', import.meta.url)): Promise<Site> {
  const child = fork(fileURLToPath(server), {
    detached: true, // or Ctrl-C would end it, too, before the run is over
  });
  const exit = once(child, 'exit');
  const noStart = exit.then(([code]) => {
    throw new Error(`The site's process ended with code ${String(code)} before it listened`);
  });
  const [origins] = (await Promise.race([once(child, 'message'), noStart])) as [readonly string[]];
  noStart.catch(() => undefined); // from here on its end is expected

  const served = pages.map(({ path, host, expected }, n): SitePage => {
    const origin = origins[(host ?? n % 3) % origins.length] ?? '';
    return { url: origin + path, expected };
  });
  const stray = strayUrls.map(({ url, kind }): SitePage => ({ url, expected: { ok: false, kind } }));
  const all = [...served.slice(0, 100), ...stray, ...served.slice(100)];

  return {
    pages: all,
    urls: all.map(({ url }) => url),
    origins,
    close: async () => {
      if (child.connected) child.disconnect();
      await exit;
    },
  };
}
