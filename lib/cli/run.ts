import type { FetchEvent } from '../model/event.js';
import type { FetchResult } from '../model/result.js';
import type { RecordLine } from '../observe/report/record-line.js';
import { TimingLog, type Timing } from '../observe/report/timings.js';
import { under } from '../pipeline/hold.js';
import { Backlog } from './backlog.js';
import { exitCodes, type ExitCode } from './exit-codes.js';
import { FailOver } from './fail-over.js';
import { InputError } from './input/input-error.js';
import { lineOf } from './line-of.js';
import { QueueError } from '../queue/queue-error.js';
import { OutputError } from '../files/output-error.js';
import { processIo, type RunIo } from './run-io.js';
import type { RunPlan } from './run-plan.js';
import { inputSource, type RunSource } from './run-source.js';
import { saveTrouble } from './save-trouble.js';
import type { RunState } from './state/run-state.js';
import { SharedTimer } from './shared-timer.js';
import { listenToSignals, type Interruptible } from './signals.js';
import { watchersOf } from './watchers.js';
import type { Watcher } from './watcher.js';

/**
 * Does what a command line asks for.
 *
 * @param given instead of the watchers that the plan asks for
 * @param source instead of the inputs of the plan
 * @returns the exit code
 */
export async function run(
  plan: RunPlan,
  given?: readonly Watcher[],
  io: RunIo = processIo(plan),
  source?: RunSource,
): Promise<ExitCode> {
  let state: RunState | undefined;
  try {
    let course: Course;
    let watchers: readonly Watcher[];
    try {
      const fail = (error: unknown): void => course.fail(error);
      state = plan.state && (await openState(plan, plan.state, io, fail));
      course = new Course(plan, io, source, state);
      const inputs = { ...plan.inputs, ...(state && { earlier: state.count }) };
      watchers = given ?? (await watchersOf({ ...plan, inputs }, { ...io, fail }));
    } catch (error) {
      io.talk.error(error instanceof Error ? error.message : String(error), error);
      return error instanceof OutputError ? exitCodes.unwritable : exitCodes.usage;
    }
    return await course.take(watchers);
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
  private readonly backlog = new Backlog();
  private readonly times = new TimingLog();
  /** Of the record that is on its way here. */
  private timing: Timing | undefined;
  private readonly failOver: FailOver;
  private readonly source: RunSource;
  private watchers: readonly Watcher[] = [];
  private pulled = 0;
  private settled = 0;
  private failed = 0;
  /** Those of them that are of an earlier run. */
  private failedBefore = 0;
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
    source: RunSource | undefined,
    /** With --state: what is known from before, and keeps what comes now. */
    private readonly state: RunState | undefined,
  ) {
    this.failOver = new FailOver(plan.failOver);
    this.source = source ?? inputSource(plan, io, () => this.tellInputs(), state);
  }

  get whenCut(): string {
    return this.source.whenCut;
  }

  get underWay(): number {
    return this.pulled - this.settled;
  }

  get inFlight(): number {
    return this.backlog.inFlight;
  }

  /** What waits for its host or for a retry may wait for long: nobody waits for it. */
  drain(): void {
    this.draining.abort();
    this.backlog.close(() => {
      this.io.talk.info(`Cut off: ${this.underWay} in line for a turn or a retry ${this.source.whenCut}`);
      this.abort();
    });
  }

  abort(): void {
    this.abortion.abort();
  }

  async take(watchers: readonly Watcher[]): Promise<ExitCode> {
    this.watchers = watchers;
    const interruption = listenToSignals(this, this.io);
    try {
      await this.begin();
      if (this.state) await this.goOn(this.state);
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

  /** Outputs come before sockets: those may take every descriptor that the process may have. */
  private async begin(): Promise<void> {
    for (const watcher of this.watchers) {
      await watcher.begin?.().catch((error: unknown) => this.dismiss(watcher, error));
    }
  }

  /** Hands out what there is from before; what comes now is kept. */
  private async goOn(state: RunState): Promise<void> {
    const { talk } = this.io;
    if (state.count > 0) talk.info(`Going on: ${state.count} of the inputs have their record from before`);
    for await (const { line, result } of state.earlier()) {
      if (this.abortion.signal.aborted) break;
      if (!result.ok) this.failedBefore = ++this.failed;
      const pending = this.tellRecord(line, result);
      if (pending) await pending;
    }
    this.watchers = [state.keeper, ...this.watchers];
  }

  private async fetchAll(): Promise<void> {
    const results = this.source.results({
      scheduler: new SharedTimer(),
      ...this.plan.fetch,
      drain: this.draining.signal,
      signal: this.abortion.signal,
      events: { next: (event) => this.see(event) },
    });
    const { backlog } = this;
    try {
      await results.pipe(under(backlog)).forEach((result) => {
        const written = this.hand(result);
        if (written) backlog.add(written);
      });
      await backlog.end();
    } catch (error) {
      if (error instanceof QueueError) {
        this.fail(error);
        return;
      }
      if (!(error instanceof InputError)) throw error;
      this.isUnreadable = true;
      this.io.talk.error(error.message);
    }
  }

  private see(event: FetchEvent): void {
    if (event.type === 'pull') {
      this.pulled++;
      this.begunAt ??= event.at;
    }
    const timing = this.times.next(event);
    if (event.type === 'settle') {
      this.settled++;
      this.endedAt = event.at;
    }
    const told = this.state ? this.state.told(event) : event;
    for (const watcher of this.watchers) {
      try {
        watcher.event?.(told);
      } catch (error) {
        this.dismiss(watcher, error);
      }
    }
    this.timing = timing; // last: a watcher that fails has others cut off in here
  }

  private tellInputs(): void {
    for (const watcher of this.watchers) watcher.inputs?.(this.pulled);
  }

  /** Hands a record to all watchers. @returns what is to be waited for, where there is anything */
  private hand(handed: FetchResult<unknown>): Promise<unknown> | undefined {
    const result = this.state ? this.state.placed(handed) : handed;
    const line = lineOf(result, this.plan, this.timing); // its event was the one before it
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
      isCut: isStopped && (!this.source.isAtEnd || this.abortion.signal.aborted),
    };
    for (const watcher of this.watchers) {
      try {
        await watcher.end?.(end);
      } catch (error) {
        this.fail(error);
      }
    }
    if (!this.state) return;
    if (end.isCut) this.io.talk.info(this.state.howToGoOn());
    else if (this.failedBefore > 0 && this.failed === this.failedBefore)
      this.io.talk.info(this.state.whyFailed(this.failedBefore, this.plan.files.output));
  }

  private exitCode(isInterrupted: boolean): ExitCode {
    if (this.isUnwritable) return exitCodes.unwritable;
    if (isInterrupted) return exitCodes.interrupted;
    if (this.isUnreadable) return exitCodes.usage;
    if (this.isUnheard) return exitCodes.succeeded;
    return this.failed > 0 || this.verdict !== undefined ? exitCodes.failed : exitCodes.succeeded;
  }
}
