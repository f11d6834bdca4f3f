import type { SchedulerLike } from 'rxjs';
import { LineWriter } from '../files/line-writer.js';
import type { Output } from '../files/output.js';
import { recordText } from './record-text.js';
import type { Watcher } from './watcher.js';

/**
 * Writes each record as a line of JSON.
 *
 * @param failed is told when the output breaks while no record waits for it
 */
export function recordsWatcher(
  output: Output,
  scheduler: SchedulerLike,
  failed: (error: unknown) => void,
): Watcher {
  const lines = new LineWriter(output, scheduler, failed);
  return {
    begin: () => lines.begin(),
    record: (line) => lines.add(`${recordText(line)}\n`),
    end: () => lines.end(),
  };
}
