import { FileOutput } from '../../files/file-output.js';
import type { Output } from '../../files/output.js';

/** What the value of an option stands for: a file, or, of `-`, stdout. */
export function outputOf(name: string, stdout: () => Output): Output {
  return name === '-' ? stdout() : new FileOutput(name);
}
