import { isatty } from 'node:tty';
import { resultOf } from '../observe/report/events-of.js';
import { runStatistics, type RunStatistics } from '../observe/report/run-statistics.js';
import { summaryText } from '../observe/report/summary-text.js';
import { commandAdvice } from './advice.js';
import { exitCodes, type ExitCode } from './exit-codes.js';
import type { ExplainPlan } from './explain-plan.js';
import { explainWatchersOf } from './explain-watchers.js';
import { InputError } from './input/input-error.js';
import { openInput } from './input/open-input.js';
import { NoRecordsError, RecordFile } from './input/record-file.js';
import { OutputError } from '../files/output-error.js';
import { commandName } from './progress/option-names.js';
import { columnsFor } from './progress/terminal.js';
import { jsonLine } from './json-line.js';
import { processIo, type RunIo } from './run-io.js';
import type { Watcher } from './watcher.js';

/**
 * Says what became of an earlier run, from its records: a summary on stdout, and the files that were asked for.
 *
 * @returns the exit code
 */
export async function explain(
  plan: ExplainPlan,
  io: Pick<RunIo, 'stdin' | 'stdout' | 'talk' | 'scheduler'> = processIo(plan),
): Promise<ExitCode> {
  const statistics = runStatistics({ hosts: 10, slowest: 5 });
  try {
    const watchers = await explainWatchersOf(plan, io);
    try {
      for (const input of plan.inputs) await read(input, statistics, watchers, io);
    } catch (error) {
      if (statistics.snapshot().settled > 0) await endAll(watchers, statistics, true); // what came before is worth having
      throw error;
    }
    await endAll(watchers, statistics, false);
    await summarize(statistics, plan, io);
    return exitCodes.succeeded;
  } catch (error) {
    if (error instanceof OutputError && error.isClosedPipe) return exitCodes.succeeded; // its reader has seen enough
    if (error instanceof InputError || error instanceof NoRecordsError) {
      io.talk.error(error.message);
      return exitCodes.usage;
    }
    if (!(error instanceof OutputError)) throw error;
    io.talk.error(error.message, error);
    return exitCodes.unwritable;
  }
}

async function endAll(
  watchers: readonly Watcher[],
  statistics: RunStatistics,
  isCut: boolean,
): Promise<void> {
  const { elapsed } = statistics.snapshot();
  for (const watcher of watchers) await watcher.end?.({ duration: elapsed, isCut });
}

/** Reads all records of a file. */
async function read(
  input: string,
  statistics: RunStatistics,
  watchers: readonly Watcher[],
  { stdin, talk }: Pick<RunIo, 'stdin' | 'talk'>,
): Promise<void> {
  const name = input === '-' ? 'stdin' : input;
  const file = new RecordFile(name, openInput(input, stdin));
  for await (const line of file) {
    statistics.record(line);
    if (watchers.length === 0) continue;
    const result = resultOf(line);
    for (const watcher of watchers) {
      const pending = watcher.record?.(line, result);
      if (pending) await pending;
    }
  }
  const { badLines, firstBad } = file;
  if (!firstBad) return;
  const lines =
    badLines === 1 ? '1 line that is no record was' : `${badLines} lines that are no records were`;
  talk.warn(`${lines} left out of ${name}: line ${firstBad.number} ${firstBad.why}`);
}

async function summarize(
  statistics: RunStatistics,
  { talk: { level, json, color } }: ExplainPlan,
  { stdout }: Pick<RunIo, 'stdout'>,
): Promise<void> {
  if (level === 'quiet') return;
  const snapshot = statistics.snapshot();
  const isTerminal = isatty(1);
  const text = json
    ? jsonLine(snapshot)
    : summaryText(snapshot, {
        width: columnsFor({
          ...(isTerminal && { isTTY: true, columns: process.stdout.columns }),
          write: () => true,
        }),
        color: color && isTerminal,
        nameOf: commandName,
        adviceOf: commandAdvice,
      });
  const output = stdout();
  await output.write(Buffer.from(`${text}\n`));
  await output.end();
}
