import { FirstInputs } from '../observe/report/first-inputs.js';
import { FileOutput } from '../files/file-output.js';
import type { Watcher } from './watcher.js';

/** Pixels of a picture, and characters of a line of text. */
const pictureWidth = 1_120;
const textWidth = 120;

/** Draws the marble diagram of the first 200 inputs at the end: as a picture where the file ends with `.svg`, else as text. */
export function marblesWatcher(file: string): Watcher {
  const first = new FirstInputs();
  const output = new FileOutput(file);
  return {
    begin: () => output.begin(),
    record: (line) => first.add(line),
    async end() {
      const drawn = /\.svg$/i.test(file) ? first.svg(pictureWidth) : `${first.text(textWidth)}\n`;
      await output.write(Buffer.from(drawn));
      await output.end();
    },
  };
}
