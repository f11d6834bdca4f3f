import { htmlReport } from '../observe/report/html/html-report.js';
import { FileOutput } from '../files/file-output.js';
import { commandName } from './progress/option-names.js';
import type { Watcher } from './watcher.js';

/** Makes a page to look at of a run, and writes it at the end. */
export function reportWatcher(file: string, title: string): Watcher {
  const report = htmlReport({ title, nameOf: commandName });
  const output = new FileOutput(file);
  return {
    begin: () => output.begin(),
    record: (line) => report.next(line),
    async end() {
      await output.write(Buffer.from(report.html()));
      await output.end();
    },
  };
}
