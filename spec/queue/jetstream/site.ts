import type { FetchResult } from 'sluice';
import { serve, type TestServer } from '../../support/servers.js';

/** How long its pages take, in ms: what is under way at a kill is what waits for one. */
const delay = 10;

/** Servers on hosts of 127.0.0.0/8, that remember what they were asked for. */
export interface Site {
  /** So many, spread over the hosts. */
  urls(count: number): string[];
  /** Requests so far. */
  readonly requests: number;
  /** Resolves once there were so many requests. */
  reaches(requests: number): Promise<void>;
  /** The most requests that one host had under way at once. */
  readonly mostAtOnce: number;
  /** How many requests were for what had been asked for before. */
  readonly again: number;
  /** The longest time without a request since `since` (performance.now), in ms. */
  longestPause(since: number): number;
  close(): Promise<void>;
}

export async function startSite(hosts: number): Promise<Site> {
  const asked = new Map<string, number>();
  const times: number[] = [];
  const waiting: { readonly at: number; readonly resolve: () => void }[] = [];
  const servers: TestServer[] = [];
  const underWay = Array<number>(hosts + 1).fill(0);
  let mostAtOnce = 0;
  for (let host = 1; host <= hosts; host++) {
    const server = await serve(
      ({ url = '' }, response) => {
        asked.set(url, (asked.get(url) ?? 0) + 1);
        times.push(performance.now());
        for (const { at, resolve } of waiting) if (times.length >= at) resolve();
        mostAtOnce = Math.max(mostAtOnce, ++underWay[host]!);
        setTimeout(() => {
          underWay[host]!--;
          response.end(`page ${url}`);
        }, delay);
      },
      { host: `127.0.0.${host}` },
    );
    servers.push(server);
  }
  return {
    urls: (count) => Array.from({ length: count }, (_, at) => `${servers[at % hosts]!.url}/${at}`),
    get requests() {
      return times.length;
    },
    reaches: (requests) =>
      times.length >= requests
        ? Promise.resolve()
        : new Promise((resolve) => waiting.push({ at: requests, resolve })),
    get mostAtOnce() {
      return mostAtOnce;
    },
    get again() {
      return times.length - asked.size;
    },
    longestPause: (since) => {
      const after = [since, ...times.filter((time) => time >= since)];
      return Math.max(...after.slice(1).map((time, at) => time - after[at]!));
    },
    close: async () => {
      for (const server of servers) await server.close();
    },
  };
}

/** The text of each record, in order of index: that of its page, or of its failure. */
export async function textsOf(results: AsyncIterable<FetchResult>): Promise<string[]> {
  const texts: string[] = [];
  for await (const result of results) {
    if (result.index !== texts.length)
      throw new Error(`index ${result.index} came after ${texts.length - 1}`);
    texts.push(result.ok ? result.value.text() : `${result.error.kind}: ${result.error.message}`);
  }
  return texts;
}
