import { fstatSync } from 'node:fs';
import { isatty } from 'node:tty';
import { DescriptorOutput } from './descriptor-output.js';
import type { Output } from '../../files/output.js';
import { StreamOutput } from './stream-output.js';

/** stdout, whatever it is. A pipe is left to Node: a thread that waits for its reader would keep the process from ending. */
export function stdoutOutput(): Output {
  return isStoredOrDevice() ? new DescriptorOutput(1, 'stdout') : new StreamOutput(process.stdout, 'stdout');
}

function isStoredOrDevice(): boolean {
  try {
    const status = fstatSync(1);
    return status.isFile() || (status.isCharacterDevice() && !isatty(1));
  } catch {
    return false; // closed: the stream says so
  }
}
