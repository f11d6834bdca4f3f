import { getEventListeners } from 'node:events';
import { afterAll, beforeAll, expect } from 'vitest';

/** What may keep a process alive when nobody needs it any more. */
const watched = /Timeout|Immediate|Socket|TCP|TLS|Pipe|HTTP|DNS|GetAddrInfo|FSEvent|Worker/;

/** How long what is on its way out (a socket being closed) may take to be gone, in ms. */
const patience = 2_000;

/** Names of the timers, sockets and servers that are open now and were not open `before`. */
export function leaks(before: readonly string[] = []): string[] {
  const known = [...before];
  return process.getActiveResourcesInfo().filter((name) => {
    const place = known.indexOf(name);
    if (place !== -1) known.splice(place, 1);
    return place === -1 && watched.test(name);
  });
}

/** Waits until nothing is open that was not open `before`; says what still is when its patience is over. */
export async function leaksThatStay(before: readonly string[] = []): Promise<string[]> {
  const giveUp = performance.now() + patience;
  while (leaks(before).length > 0 && performance.now() < giveUp) {
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  return leaks(before);
}

/** Listeners on a signal; 0 when everybody who listened has gone. */
export function listenersOf(signal: AbortSignal): number {
  return getEventListeners(signal, 'abort').length;
}

/**
 * To be called at the top of a suite: it fails when timers or sockets of it are open at its end, or when
 * somebody still listens to a signal of the controllers that the returned function makes.
 *
 * @example
 * const abortController = leavesNothingBehind();
 */
export function leavesNothingBehind(): () => AbortController {
  const signals: AbortSignal[] = [];
  let before: readonly string[] = [];
  beforeAll(() => {
    before = process.getActiveResourcesInfo();
  });
  afterAll(async () => {
    expect(await leaksThatStay(before)).toEqual([]);
    expect(signals.map(listenersOf).filter((listeners) => listeners > 0)).toEqual([]);
  });
  return () => {
    const controller = new AbortController();
    signals.push(controller.signal);
    return controller;
  };
}
