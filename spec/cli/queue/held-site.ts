import type { ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';
import { serve } from '../../support/servers.js';

/** Servers on hosts of 127.0.0.0/8 that answer when they are told to. */
export interface HeldSite {
  /** So many, spread over the hosts. */
  urls(count: number): string[];
  /** Requests so far, and who asked, in the order in which they came. */
  readonly agents: readonly string[];
  /** Resolves once it is so. */
  until(isSo: () => boolean): Promise<void>;
  /** Answers what waits, and from now on at once. */
  answer(): void;
}

export async function heldSite(hosts = 1): Promise<HeldSite> {
  const agents: string[] = [];
  let held: ServerResponse[] | undefined = [];
  let waiting: { readonly isSo: () => boolean; readonly resolve: () => void }[] = [];
  const look = (): void => {
    for (const { resolve } of waiting.filter(({ isSo }) => isSo())) resolve();
    waiting = waiting.filter(({ isSo }) => !isSo());
  };
  const origins: string[] = [];
  for (let host = 1; host <= hosts; host++) {
    const server = await serve(
      ({ headers }, response) => {
        agents.push(headers['user-agent'] ?? '');
        if (held) held.push(response);
        else response.end('page');
        look();
      },
      { host: `127.0.0.${host}` },
    );
    onTestFinished(() => server.close());
    origins.push(server.url);
  }
  return {
    urls: (count) => Array.from({ length: count }, (_, at) => `${origins[at % hosts] ?? ''}/${at}`),
    agents,
    until: (isSo) =>
      new Promise((resolve) => {
        waiting.push({ isSo, resolve });
        look();
      }),
    answer() {
      for (const response of held ?? []) response.end('page');
      held = undefined;
    },
  };
}
