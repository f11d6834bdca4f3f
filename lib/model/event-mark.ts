import type { FetchEvent } from './event.js';

/**
 * The character of an event in the lane of its input: pulled, started, responded, waiting for another attempt, and the
 * record, `o` for a success and `x` for a failure.
 */
export type EventMark = 'p' | 's' | 'r' | 'w' | 'o' | 'x';

export function markOf(event: FetchEvent): EventMark {
  switch (event.type) {
    case 'pull':
      return 'p';
    case 'start':
      return 's';
    case 'response':
      return 'r';
    case 'wait':
      return 'w';
    case 'settle':
      return event.result.ok ? 'o' : 'x';
  }
}
