import { iterate } from '../creators/async-iterable.js';
import type { FetchEvent } from '../model/event.js';
import type { FetchRequest } from '../model/request.js';
import type { FetchResult } from '../model/result.js';
import type { RecordLine } from '../observe/report/record-line.js';
import { timings } from '../observe/report/timings.js';
import { exitCodes, type ExitCode } from './exit-codes.js';
import { FailOver } from './fail-over.js';
import { InputError } from './input/input-error.js';
import { Inputs } from './input/inputs.js';
import { openInput } from './input/open-input.js';
import { lineOf } from './line-of.js';
import { OutputError } from '../files/output-error.js';
import { processIo, type RunIo } from './run-io.js';
import type { RunPlan } from './run-plan.js';
import { saveTrouble } from './save-trouble.js';
import type { RunState } from './state/run-state.js';
import type { PendingInputs } from './state/pending-inputs.js';
import { listenToSignals, type Interruptible } from './signals.js';
import { watchersOf } from './watchers.js';
import type { Watcher } from './watcher.js';

/**
 * Does what a command line asks for.
 *
 * @param given instead of the watchers that the plan asks for
 * @returns the exit code
 */
export async function run(
  plan: RunPlan,
  given?: readonly Watcher[],
  io: RunIo = processIo(plan),
): Promise<ExitCode> {
  const course = new Course(plan, io);
  const fail = (error: unknown): void => course.fail(error);
  let state: RunState | undefined;
  try {
    let watchers: readonly Watcher[];
    try {
      state = plan.state && (await openState(plan, plan.state, io, fail));
      const inputs = { ...plan.inputs, ...(state && { earlier: state.count }) };
      watchers = given ?? (await watchersOf({ ...plan, inputs }, { ...io, fail }));
    } catch (error) {
      io.talk.error(error instanceof Error ? error.message : String(error), error);
      return error instanceof OutputError ? exitCodes.unwritable : exitCodes.usage;
    }
    return await course.take(watchers, state);
  } finally {
    state?.close();
  }
}

/** SQLite is loaded where it is asked for. */
async function openState(
  plan: RunPlan,
  asked: NonNullable<RunPlan['state']>,
  { scheduler }: RunIo,
  fail: (error: unknown) => void,
): Promise<RunState> {
  const { RunState: State } = await import('./state/run-state.js');
  return State.open(plan, asked, scheduler, fail);
}

/** One run: from its inputs to its watchers. */
class Course implements Interruptible {
  private readonly draining = new AbortController();
  private readonly abortion = new AbortController();
  private readonly times = timings();
  private readonly failOver: FailOver;
  private readonly inputs: Inputs;
  private watchers: readonly Watcher[] = [];
  /** With --state: what is known from before, and the inputs that are left. */
  private state: RunState | undefined;
  private pending: PendingInputs<FetchRequest> | undefined;
  private pulled = 0;
  private settled = 0;
  private failed = 0;
  private begunAt: number | undefined;
  private endedAt = 0;
  private isUnwritable = false;
  private isUnheard = false;
  private isUnreadable = false;
  /** Why it was stopped early. */
  private verdict: string | undefined;

  constructor(
    private readonly plan: RunPlan,
    private readonly io: RunIo,
  ) {
    this.failOver = new FailOver(plan.failOver);
    this.inputs = new Inputs(
      plan.inputs,
      plan.request,
      (file) => openInput(file, io.stdin),
      () => this.tellInputs(),
    );
  }

  get underWay(): number {
    return this.pulled - this.settled;
  }

  drain(): void {
    this.draining.abort();
  }

  abort(): void {
    this.abortion.abort();
  }

  async take(watchers: readonly Watcher[], state?: RunState): Promise<ExitCode> {
    this.watchers = watchers;
    const interruption = listenToSignals(this, this.io);
    try {
      if (state) await this.goOn(state);
      await this.fetchAll();
      await this.end();
    } finally {
      interruption.stop();
    }
    return this.exitCode(interruption.isInterrupted);
  }

  /** An output is broken, or a watcher is: the run ends. */
  fail(error: unknown): void {
    this.abort();
    if (error instanceof OutputError && error.isClosedPipe) {
      this.isUnheard = true;
      this.io.talk.hush();
      return;
    }
    if (!this.isUnwritable) this.io.talk.error(error instanceof Error ? error.message : String(error), error);
    this.isUnwritable = true;
  }

  /** Hands out what there is from before, and leaves the rest to be fetched. */
  private async goOn(state: RunState): Promise<void> {
    const { talk } = this.io;
    if (state.count > 0) talk.info(`Going on: ${state.count} of the inputs have their record from before`);
    for await (const { line, result } of state.earlier()) {
      if (this.abortion.signal.aborted) break;
      if (!result.ok) this.failed++;
      const pending = this.tellRecord(line, result);
      if (pending) await pending;
    }
    this.state = state;
    this.pending = state.pending(this.inputs);
    this.watchers = [state.keeper, ...this.watchers];
  }

  private async fetchAll(): Promise<void> {
    const results = iterate<unknown>(this.pending ?? this.inputs, {
      ...this.plan.fetch,
      drain: this.draining.signal,
      signal: this.abortion.signal,
      events: { next: (event) => this.see(event) },
    });
    try {
      for await (const result of results) {
        const pending = this.hand(result);
        if (pending) await pending;
      }
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.isUnreadable = true;
      this.io.talk.error(error.message);
    }
  }

  private see(event: FetchEvent): void {
    if (event.type === 'pull') {
      this.pulled++;
      this.begunAt ??= event.at;
    } else if (event.type === 'settle') this.endedAt = event.at;
    this.times.next(event);
    const told = this.pending ? this.pending.told(event) : event;
    for (const watcher of this.watchers) this.tell(watcher, () => watcher.event?.(told));
  }

  private tell(watcher: Watcher, call: () => void): void {
    try {
      call();
    } catch (error) {
      this.dismiss(watcher, error);
    }
  }

  private tellInputs(): void {
    for (const watcher of this.watchers) watcher.inputs?.(this.pulled);
  }

  /** Hands a record to all watchers. @returns what is to be waited for, where there is anything */
  private hand(handed: FetchResult<unknown>): Promise<unknown> | undefined {
    this.settled++;
    const result = this.pending ? this.pending.placed(handed) : handed;
    const line = lineOf(result, this.plan.body, this.times.of(handed));
    const pending = this.tellRecord(line, result);
    const trouble = saveTrouble(result, this.plan.files.save);
    if (trouble && !this.isUnwritable) this.fail(trouble);
    if (!result.ok) this.failed++;
    this.judge(result.ok);
    return pending;
  }

  private tellRecord(line: RecordLine, result: FetchResult<unknown>): Promise<unknown> | undefined {
    let pending: Promise<unknown>[] | undefined;
    for (const watcher of this.watchers) {
      try {
        const handed = watcher.record?.(line, result);
        if (handed) (pending ??= []).push(handed.catch((error: unknown) => this.dismiss(watcher, error)));
      } catch (error) {
        this.dismiss(watcher, error);
      }
    }
    return pending && Promise.all(pending);
  }

  private judge(ok: boolean): void {
    if (this.abortion.signal.aborted) return; // what was cut off says nothing
    this.verdict = this.failOver.add(ok);
    if (this.verdict === undefined) return;
    this.io.talk.info(this.verdict);
    this.abort();
  }

  /** What has failed is told nothing more. */
  private dismiss(watcher: Watcher, error: unknown): void {
    this.watchers = this.watchers.filter((other) => other !== watcher);
    this.fail(error);
  }

  private async end(): Promise<void> {
    const isStopped = this.draining.signal.aborted || this.abortion.signal.aborted || this.isUnreadable;
    const end = {
      duration: this.begunAt === undefined ? 0 : this.endedAt - this.begunAt,
      isCut: isStopped && (!this.inputs.isAtEnd || this.abortion.signal.aborted),
    };
    for (const watcher of this.watchers) {
      try {
        await watcher.end?.(end);
      } catch (error) {
        this.fail(error);
      }
    }
    if (end.isCut && this.state) this.io.talk.info(this.state.howToGoOn());
  }

  private exitCode(isInterrupted: boolean): ExitCode {
    if (this.isUnwritable) return exitCodes.unwritable;
    if (isInterrupted) return exitCodes.interrupted;
    if (this.isUnreadable) return exitCodes.usage;
    if (this.isUnheard) return exitCodes.succeeded;
    return this.failed > 0 || this.verdict !== undefined ? exitCodes.failed : exitCodes.succeeded;
  }
}
