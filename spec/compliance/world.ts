import { BehaviorSubject, map, NEVER, Observable, Subject, takeUntil, tap, timer } from 'rxjs';
import {
  createFetcher,
  FetchError,
  type Fetcher,
  type FetchOptions,
  type FetchRequest,
  type FetchResult,
  type Page,
} from 'sluice';
import { page } from 'sluice/testing';
import { listenersOf } from '../support/leaks.js';
import { answer } from './answers.js';
import { backoffs, interceptors, passages, project } from './callbacks.js';
import { Feed } from './feed.js';
import { foretell } from './foretell.js';
import { inputKind, makeInput, type InputName } from './inputs.js';
import type { Deed, Point, Scenario } from './scenario.js';
import { startingPoint, type StartingPoint, type StartingPointName } from './starting-points.js';
import { Deliberate } from './unhandled.js';
import { VirtualClock } from './virtual-clock.js';

type Result = FetchResult<unknown>;
type End = 'completed' | 'failed' | 'left';

/** Points where new work begins: nobody may come there once the results are stopped. */
const beginnings: readonly Point[] = ['iterate', 'pull', 'transport', 'event pull', 'event start'];

/** Inputs of a second pipeline that shares the fetcher. */
const neighbours = 5;

/** One run of a scenario at a starting point. It watches the laws and writes down every breach. */
export class World {
  readonly breaches: string[] = [];
  readonly records: Result[] = [];
  end: End | undefined;

  private readonly clock = new VirtualClock();
  private readonly feed: Feed;
  private readonly start: StartingPoint;
  private readonly limits: BehaviorSubject<number>;
  private readonly left = new Subject<void>();
  private readonly controller = new AbortController();
  private readonly drain = new AbortController();
  private readonly fetcher: Fetcher;
  private readonly calls = new Map<Point, number>();
  private readonly asked: number[] = [];
  private begun = false;
  private error: unknown;
  private flying = 0;
  private settled = 0;
  private pullEvents = 0;
  private ownTimers = 0;
  private highestLimit: number;
  private handedInTime = 0;
  private stopped: { readonly by: Deed; readonly at: number } | undefined;
  private pipelineEndedAt: number | undefined;
  private endedAt: number | undefined;
  private neighboursServed: number | undefined;

  constructor(
    name: StartingPointName,
    private readonly scenario: Scenario,
  ) {
    this.start = startingPoint(name);
    if (this.start.awaits) this.scenario = { ...scenario, inputs: scenario.inputs.map(awaitable) };
    const { inputs, ending, farewell, pace, concurrency, lookahead } = this.scenario;
    this.limits = new BehaviorSubject(concurrency);
    this.highestLimit = concurrency;
    this.feed = new Feed(
      inputs.map(
        (kind, index) => () =>
          makeInput(kind, `http://h/${index}`, () => {
            this.at('read');
          }),
      ),
      ending === 'stays open' && this.start.synchronous && this.start.pulls ? 'completes' : ending,
      farewell,
      pace,
      {
        at: (point) => {
          this.at(point);
        },
        handed: () => {
          this.handed();
        },
        after: (ms, callback) => this.after(ms, callback),
      },
    );
    this.fetcher = createFetcher({
      retry: { budget: Infinity },
      concurrency: this.concurrency,
      lookahead,
      transport: this.transport,
      scheduler: this.clock,
    });
  }

  /** Runs until nothing happens any more; what was wrong is in `breaches`. */
  async run(): Promise<this> {
    const { plan, changes = [], concurrency } = this.scenario;
    for (const [after, limit] of changes) this.after(after, () => this.change(limit));
    if (changes.length > 0) this.after(31, () => this.change(concurrency));
    if (typeof plan?.when === 'number') this.after(plan.when, () => this.do(plan.deed));
    const { neighbourFirst } = this.scenario;
    if (this.start.shares && neighbourFirst) this.moveIn();
    this.begun = true;
    this.records$().subscribe({
      next: (record) => {
        this.received(record);
      },
      error: (error: unknown) => {
        this.error = error;
        this.over('failed');
      },
      complete: () => this.over(this.stopped?.by === 'unsubscribe' ? 'left' : 'completed'),
    });
    if (this.start.shares && !neighbourFirst) this.moveIn();
    await this.clock.run(() => {
      this.whenQuiet();
    });
    this.check();
    return this;
  }

  private records$(): Observable<Result> {
    const { passages: through, bodyTime } = this.scenario;
    const records$ = this.start
      .start({
        feed: this.feed,
        options: this.options(),
        fetcher: this.fetcher,
        body: () =>
          bodyTime === 0
            ? Promise.resolve()
            : new Promise((resolve) => {
                this.after(bodyTime, resolve);
              }),
      })
      .pipe(
        tap({
          next: () => this.settled++,
          finalize: () => (this.pipelineEndedAt = this.clock.now()),
        }),
      );
    return through
      .reduce((passed$, name) => passages[name](this.clock)(passed$), records$)
      .pipe(takeUntil(this.left));
  }

  private get concurrency(): number | Observable<number> {
    if (!this.scenario.changes) return this.scenario.concurrency;
    return new Observable((subscriber) => {
      this.at('concurrency');
      return this.limits.subscribe(subscriber);
    });
  }

  private options(): FetchOptions<unknown> {
    const { scenario } = this;
    const { attemptTime, totalTime, retries, backoff, acceptStatus, project: projectName, events } = scenario;
    let chance = 0;
    return {
      concurrency: this.concurrency,
      lookahead: scenario.lookahead,
      transport: this.transport,
      scheduler: this.clock,
      signal: this.controller.signal,
      drain: this.drain.signal,
      timeout:
        totalTime === undefined ? { attempt: attemptTime } : { attempt: attemptTime, total: totalTime },
      retry: {
        limit: retries,
        budget: Infinity,
        backoff: (retry, random) => {
          this.at('backoff');
          return backoffs[backoff].wait(retry, random);
        },
      },
      random: () => {
        this.at('random');
        return (chance = (chance + 0.37) % 1);
      },
      interceptors: scenario.interceptors.map((name) => {
        const intercept = interceptors[name](this.clock);
        return (request, next) => {
          this.at('interceptor');
          return intercept(request, next);
        };
      }),
      acceptStatus: (status) => {
        this.at('acceptStatus');
        if (acceptStatus === 'throws') throw new Error('acceptStatus breaks');
        return acceptStatus === 'everything' || status === 200;
      },
      ...(projectName !== undefined && {
        project: (fetched: Page) => {
          this.at('project');
          return project(projectName).call(fetched, this.clock);
        },
      }),
      ...(events !== 'absent' && {
        events: {
          next: (event) => {
            if (event.type === 'pull') this.pullEvents++;
            if (event.type !== 'response') this.at(`event ${event.type}`);
            if (events === 'throwing') throw new Deliberate('an observer of events');
          },
          error: () => this.breaches.push('the observer of events got an error'),
          complete: () => this.breaches.push('the observer of events was completed'),
        },
      }),
    };
  }

  private readonly transport = (request: FetchRequest): Observable<Page> => {
    if (!this.feed.given.includes(request)) {
      const url = String(request.url);
      if (url.startsWith('http://probe/')) return this.counted(NEVER);
      if (url.startsWith('http://neighbour/'))
        return this.counted(timer(1, this.clock).pipe(map(() => page(url))));
    }
    this.at('transport');
    const index = this.feed.indexOf(request);
    const attempt = (this.asked[index] = (this.asked[index] ?? 0) + 1);
    const { answers } = this.scenario;
    const attempts = answers[index % answers.length] ?? [];
    const name = attempts[Math.min(attempt, attempts.length) - 1] ?? 'a page';
    const url = `http://h/${index}`;
    return answer(name).give(url, this.clock, (pages$) => this.watched(pages$)) as Observable<Page>;
  };

  /** Counts subscriptions to the transport. */
  private counted<T>(pages$: Observable<T>): Observable<T> {
    return new Observable((subscriber) => {
      subscriber.add(() => this.flying--);
      // an interceptor may have had the slot for a while before it asks
      const most = this.scenario.interceptors.length > 0 ? this.highestLimit : this.limits.value;
      if (++this.flying > most) this.breach(`${this.flying} in flight at ${most} slots`);
      pages$.subscribe(subscriber);
    });
  }

  /** Counts them, and lets the plan interfere. */
  private watched<T>(pages$: Observable<T>): Observable<T> {
    return this.counted(
      new Observable((subscriber) => {
        subscriber.add(() => {
          this.at('teardown');
        });
        this.at('subscribe');
        pages$.subscribe(subscriber);
      }),
    );
  }

  /** Code that is not the library's runs. */
  private at(point: Point): void {
    const nth = (this.calls.get(point) ?? 0) + 1;
    this.calls.set(point, nth);
    const { plan } = this.scenario;
    const planned = typeof plan?.when === 'object' ? plan.when : undefined;
    const isLate =
      this.endedAt !== undefined &&
      this.clock.now() > this.endedAt &&
      point !== 'teardown' &&
      point !== 'concurrency';
    if (isLate) this.breach(`${point} after the end`);
    if (this.stopped && this.stopped.by !== 'drain' && beginnings.includes(point)) {
      const follows =
        (point === 'transport' && this.scenario.interceptors.length > 0 && planned !== undefined) || // they call it
        (planned?.point === 'iterate' && point === 'pull'); // an iterator that is made is asked before it can be left
      if (!follows) this.breach(`${point} after ${this.stopped.by}`);
    }
    if (plan && planned?.point === point && planned.nth === nth) this.do(plan.deed);
  }

  private do(deed: Deed): void {
    if (this.end || !this.begun) return;
    this.stopped ??= { by: deed, at: this.clock.now() };
    if (deed === 'unsubscribe') this.left.next();
    else if (deed === 'drain') this.drain.abort();
    else if (deed === 'close' && this.start.shares) this.fetcher.close();
    else this.controller.abort();
  }

  private handed(): void {
    if (this.stopped) return;
    this.handedInTime++;
    const { pulls, loops } = this.start;
    const held = this.feed.given.length - this.settled;
    const most = this.highestLimit + this.scenario.lookahead + (loops ? 1 : 0); // a loop has just taken one
    if (pulls && held > most) this.breach(`${held} pulled and unsettled, ${most} are the most`);
  }

  private received(record: Result): void {
    if (this.end) this.breach(`a record after it ${this.end}`);
    this.records.push(record);
    this.at('next');
    if (this.records.length === this.scenario.throwsAt) throw new Deliberate('a consumer');
  }

  private over(end: End): void {
    if (this.end) this.breach(`it ${end} after it ${this.end}`);
    this.end = end;
    this.endedAt = this.clock.now();
  }

  private whenQuiet(): void {
    const { scenario, start, feed } = this;
    const steady = !scenario.changes && scenario.retries === 0 && scenario.pace === 0 && !start.shares;
    const free = !start.loops && !scenario.passages.some((name) => name.startsWith('inOrder'));
    if (start.pulls && steady && free && !this.stopped && !feed.ended && feed.given.length < feed.size) {
      const held = feed.given.length - this.settled;
      if (held !== scenario.concurrency)
        this.breach(`${held} pulled and unsettled at ${scenario.concurrency} slots`);
    }
    const isOver = this.end !== undefined && (!start.shares || this.neighboursServed !== undefined);
    if (isOver && this.clock.timers > this.ownTimers) {
      this.breach(`${this.clock.timers - this.ownTimers} timers are left`);
    }
  }

  private check(): void {
    this.checkEnd();
    this.checkRecords();
    this.checkTeardown();
    if (this.start.shares) this.checkSlots();
  }

  private checkEnd(): void {
    const { feed, start, stopped } = this;
    const opened = this.scenario.ending === 'stays open' && !(start.synchronous && start.pulls);
    if (!this.end && (stopped ?? !opened)) this.breach('it never ended');
    if (this.end === 'failed' && this.error !== feed.error)
      this.breach(`it failed with ${String(this.error)}`);
    const broke = feed.ended && this.scenario.ending === 'throws';
    if (broke && !stopped && this.end !== 'failed')
      this.breach(`the source broke, yet it ${String(this.end)}`);
    const endedAt = this.pipelineEndedAt ?? Infinity;
    if (stopped && stopped.by !== 'drain' && !start.loops && endedAt > stopped.at) {
      this.breach(`stopped at ${stopped.at}, it ended at ${endedAt}`);
    }
  }

  private checkRecords(): void {
    const { records, feed, stopped, scenario } = this;
    const indices = records.map(({ index }) => index);
    if (new Set(indices).size < indices.length) this.breach(`an index came twice: ${indices.join()}`);
    if (indices.some((index) => !(index in feed.given)))
      this.breach(`an index of no input: ${indices.join()}`);
    if (scenario.passages.at(-1)?.startsWith('inOrder') && indices.some((index, place) => index !== place)) {
      this.breach(`out of order: ${indices.join()}`);
    }
    for (const record of records) this.checkRecord(record);
    if (!this.end || this.end === 'left') return;
    const planned = typeof scenario.plan?.when === 'object' ? scenario.plan.when.point : undefined;
    // what an async source gives, or one that is stopped while it is read, may come too late
    const late = stopped && (!this.start.synchronous || planned === 'read') ? 1 : 0;
    if (records.length > feed.given.length || records.length < this.handedInTime - late) {
      this.breach(`${records.length} records of ${this.handedInTime} inputs`);
    }
    if (scenario.events !== 'absent' && records.length !== this.pullEvents) {
      this.breach(`${records.length} records of ${this.pullEvents} pulled inputs`);
    }
  }

  private checkRecord(record: Result): void {
    const { index, request, attempts, waited, duration } = record;
    const { scenario, feed } = this;
    const kind = scenario.inputs[index];
    const say = (what: string): void => {
      this.breach(`record ${index} (${String(kind)}): ${what}`);
    };
    if (kind && inputKind(kind).valid === true) {
      const given = feed.given[index];
      const same =
        typeof given === 'object' && !(given instanceof URL)
          ? request === given
          : request.url === String(given);
      if (!same) say('the request is another');
    }
    if (attempts > scenario.retries + 1) say(`${attempts} attempts`);
    if (!(waited >= 0 && duration >= 0)) say(`waited ${waited}, took ${duration}`);
    const branded: unknown = record.ok ? undefined : record.error;
    if (!record.ok && !(branded instanceof FetchError) && !(branded instanceof Error))
      say('its error is none');
    const foretold = this.stopped ? undefined : foretell(scenario, index);
    if (!foretold) return;
    if (record.ok !== foretold.ok) say(record.ok ? 'a success' : `a failure: ${record.error.message}`);
    else if (!record.ok && foretold.kind && record.error.kind !== foretold.kind) {
      say(`${record.error.kind} instead of ${foretold.kind}: ${record.error.message}`);
    }
    if (attempts !== foretold.attempts) say(`${attempts} attempts instead of ${foretold.attempts}`);
  }

  private checkTeardown(): void {
    const { feed, scenario, start } = this;
    if (!this.end) return;
    if (this.flying !== 0) this.breach(`${this.flying} still in flight after the end`);
    if (listenersOf(this.controller.signal) > 0) this.breach('somebody still listens to the signal');
    if (listenersOf(this.drain.signal) > 0) this.breach('somebody still listens to drain');
    if (this.limits.observed) this.breach('somebody still follows the concurrency');
    const silent = scenario.farewell === 'is absent' && start.pulls;
    const suspended = scenario.ending === 'stays open' && !start.synchronous; // cannot say that it was let go of
    // an async source that is let go of while it is being asked may come to its end all the same
    const wanted =
      feed.opened === 0 ? [0] : !feed.ended ? [1] : this.stopped && !start.synchronous ? [0, 1] : [0];
    if (feed.opened > 1) this.breach(`opened ${feed.opened} times`);
    if (!silent && !suspended && !wanted.includes(feed.leftEarly)) {
      this.breach(`let go of ${feed.leftEarly} times instead of ${wanted.join(' or ')}`);
    }
  }

  /** Another pipeline of the same fetcher, which must not suffer. */
  private moveIn(): void {
    let served = 0;
    const urls = Array.from({ length: neighbours }, (_, n) => `http://neighbour/${n}`);
    this.fetcher.fetchFrom(urls).subscribe({
      next: ({ ok }) => (served += ok ? 1 : 0),
      error: () => undefined, // it is closed
      complete: () => (this.neighboursServed = served),
    });
  }

  private checkSlots(): void {
    const closed = this.stopped?.by === 'close';
    if (!this.end || closed) return;
    if (this.neighboursServed !== neighbours)
      this.breach(`the neighbour got ${String(this.neighboursServed)}`);
    const probes = Array.from({ length: this.limits.value + 2 }, (_, n) => `http://probe/${n}`);
    const before = this.flying;
    const probe = this.fetcher.fetchFrom(probes).subscribe();
    if (this.flying - before !== this.limits.value) {
      this.breach(`${this.flying - before} slots left of ${this.limits.value}`);
    }
    probe.unsubscribe();
  }

  private change(limit: number): void {
    this.highestLimit = Math.max(this.highestLimit, limit);
    this.limits.next(limit);
  }

  private after(ms: number, callback: () => void): () => void {
    this.ownTimers++;
    let pending = true;
    const done = (): void => {
      if (pending) this.ownTimers--;
      pending = false;
    };
    const timer$ = this.clock.schedule(() => {
      done();
      callback();
    }, ms);
    return () => {
      done();
      timer$.unsubscribe();
    };
  }

  private breach(what: string): void {
    if (!this.breaches.includes(what)) this.breaches.push(what);
  }
}

function awaitable(kind: InputName): InputName {
  return inputKind(kind).cannotBeAwaited ? 'null' : kind;
}
