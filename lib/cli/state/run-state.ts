import { setImmediate as turn } from 'node:timers/promises';
import type { SchedulerLike } from 'rxjs';
import type { FetchEvent } from '../../model/event.js';
import type { FetchResult } from '../../model/result.js';
import { resultOf } from '../../observe/report/events-of.js';
import { grouped, plural } from '../../observe/report/figures.js';
import type { RecordLine } from '../../observe/report/record-line.js';
import { readRecord } from '../../queue/stored-record.js';
import { readRequest } from '../../queue/stored-request.js';
import type { RunPlan } from '../run-plan.js';
import { inputPurpose, inputTitles } from './input-purpose.js';
import { PendingInputs, Places } from './pending-inputs.js';
import { RecordKeeper } from './record-keeper.js';
import { StateFile, type StateRow } from './state-file.js';

/** A record of an earlier run. */
export interface EarlierRecord {
  readonly line: RecordLine;
  readonly result: FetchResult<unknown>;
}

/** What a run with `--state` knows of those before it, and leaves to those after it. */
export class RunState {
  private readonly settled = new Places();
  private left: PendingInputs<unknown> | undefined;

  private constructor(
    private readonly file: StateFile,
    /** How many records there are from before. */
    readonly count: number,
    /** Keeps the records that come now. */
    readonly keeper: RecordKeeper,
  ) {}

  /**
   * @param failed is told of what cannot be stored while no record waits for it
   * @throws QueueError or UsageError, as a rejection, for a state that this run cannot go on with
   */
  static async open(
    plan: RunPlan,
    { file, purpose }: NonNullable<RunPlan['state']>,
    scheduler: SchedulerLike,
    failed: (error: unknown) => void,
  ): Promise<RunState> {
    const all = new Map([...(await inputPurpose(plan.inputs)), ...purpose]);
    const opened = await StateFile.open(file, all, inputTitles(plan.inputs));
    return new RunState(opened, opened.size, new RecordKeeper(opened, plan, scheduler, failed));
  }

  /** The records from before, in the order of their inputs. To be read to the end before {@link pending}. */
  async *earlier(): AsyncGenerator<EarlierRecord, void> {
    let last = -1;
    for (let rows = this.file.after(last); rows.length > 0; rows = this.file.after(last)) {
      for (const row of rows) {
        last = row.index;
        this.settled.add(row.index);
        yield earlierRecord(row);
      }
      await turn(); // signals are to be heard
    }
  }

  /** Those of the inputs that have no record. */
  pending<I>(inputs: AsyncIterableIterator<I, undefined>): PendingInputs<I> {
    const left = new PendingInputs(inputs, this.settled);
    this.left = left;
    return left;
  }

  /** An event under the place of its input. */
  told(event: FetchEvent): FetchEvent {
    return this.left?.told(event) ?? event;
  }

  /** A record under the place of its input. */
  placed(result: FetchResult<unknown>): FetchResult<unknown> {
    return this.left?.placed(result) ?? result;
  }

  /** What to say to somebody whose run was stopped. */
  howToGoOn(): string {
    const { path, size } = this.file;
    return `Give the same command again to go on: ${path} has the records of ${size} inputs`;
  }

  /** What to say to somebody who sees nothing fail, and a run that has failed. */
  whyFailed(failures: number, output: string | undefined): string {
    const { count } = this;
    const verb = failures === 1 ? 'is a failure' : 'are failures';
    const file = output === undefined || output === '-' ? 'FILE' : output;
    return `${grouped(failures)} of the ${plural(count, 'record')} from before ${verb}: \`sluice explain ${file}\` tells of them`;
  }

  close(): void {
    this.file.close();
  }
}

function earlierRecord({ index, line: text, request, page, body }: StateRow): EarlierRecord {
  const line = JSON.parse(text) as RecordLine; // the command has written it itself
  if (page === undefined || request === undefined) return { line, result: resultOf(line) };
  return { line, result: readRecord(index, readRequest(request).request, { text: page, body }) };
}
