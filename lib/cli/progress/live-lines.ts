import type { Talk } from '../talk.js';
import { guardCursor, type GuardedProcess } from './cursor-guard.js';
import { Screen } from './screen.js';
import type { TerminalStream } from './terminal.js';

/** The lines on a terminal, and messages above them. */
export function liveLines(
  stderr: TerminalStream,
  talk: Pick<Talk, 'via'>,
  guarded: GuardedProcess,
): { readonly screen: Screen; start(): void; end(): void } {
  const screen = new Screen(stderr);
  let unguard: (() => void) | undefined;
  return {
    screen,
    start() {
      unguard = guardCursor(screen, guarded);
      talk.via((line) => screen.print(line));
    },
    end() {
      talk.via(undefined);
      screen.close();
      unguard?.();
    },
  };
}
