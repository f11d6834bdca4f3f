import { BehaviorSubject, map, NEVER, Observable, Subject, takeUntil, tap, timer } from 'rxjs';
import {
  createFetcher,
  type Fetcher,
  type FetchOptions,
  type FetchRequest,
  type FetchResult,
  type Page,
} from 'sluice';
import { page } from 'sluice/testing';
import { answer } from './answers.js';
import { callbacksOf } from './callbacks-of.js';
import { passages } from './callbacks.js';
import { Feed } from './feed.js';
import { inputKind, makeInput, type InputName } from './inputs.js';
import { breachesOf, type Ended, type Observed } from './laws.js';
import type { Deed, Point, Scenario } from './scenario.js';
import { startingPoint, type StartingPoint, type StartingPointName } from './starting-points.js';
import { Deliberate } from './unhandled.js';
import { VirtualClock } from './virtual-clock.js';

type Result = FetchResult<unknown>;

/** Points where new work begins: nobody may come there once the results are stopped. */
const beginnings: readonly Point[] = ['iterate', 'pull', 'transport', 'event pull', 'event start'];

/** Inputs of a second pipeline that shares the fetcher. */
const neighbours = 5;

/** One run of a scenario at a starting point. It watches the laws and writes down every breach. */
export class World implements Observed {
  readonly breaches: string[] = [];
  readonly records: Result[] = [];
  readonly scenario: Scenario;
  readonly start: StartingPoint;
  readonly feed: Feed;
  end: Ended | undefined;
  error: unknown;
  stopped: { readonly by: Deed; readonly at: number } | undefined;
  pipelineEndedAt: number | undefined;
  handedInTime = 0;
  inFlight = 0;
  /** Most attempts that were in flight at once. */
  mostInFlight = 0;
  /** Most inputs that were pulled and had not settled. */
  mostHeld = 0;

  private readonly clock = new VirtualClock();
  private readonly limits: BehaviorSubject<number>;
  private readonly left = new Subject<void>();
  private readonly signal = new AbortController();
  private readonly drain = new AbortController();
  private readonly fetcher: Fetcher;
  private readonly calls = new Map<Point, number>();
  private readonly asked: number[] = [];
  private begun = false;
  private settled = 0;
  private ownTimers = 0;
  private highestLimit: number;
  private endedAt: number | undefined;
  private neighboursServed: number | undefined;

  constructor(name: StartingPointName, given: Scenario) {
    this.start = startingPoint(name);
    this.scenario = this.start.awaits ? { ...given, inputs: given.inputs.map(awaitable) } : given;
    const { ending, concurrency, lookahead } = this.scenario;
    this.limits = new BehaviorSubject(concurrency);
    this.highestLimit = concurrency;
    const staysOpen = ending === 'stays open' && this.start.synchronous && this.start.pulls;
    this.feed = this.makeFeed(staysOpen ? 'completes' : ending);
    this.fetcher = createFetcher({
      retry: { budget: Infinity },
      concurrency: this.concurrency,
      lookahead,
      transport: this.transport,
      scheduler: this.clock,
    });
  }

  get signals(): readonly AbortSignal[] {
    return [this.signal.signal, this.drain.signal];
  }

  get isFollowed(): boolean {
    return this.limits.observed;
  }

  get pullEvents(): number {
    return this.calls.get('event pull') ?? 0;
  }

  /** Runs until nothing happens any more; what was wrong is in `breaches`. */
  async run(): Promise<this> {
    const { plan, changes = [], concurrency, neighbourFirst } = this.scenario;
    for (const [after, limit] of changes) this.after(after, () => this.change(limit));
    if (changes.length > 0) this.after(31, () => this.change(concurrency));
    if (typeof plan?.when === 'number') this.after(plan.when, () => this.do(plan.deed));
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
    for (const breach of breachesOf(this)) this.breach(breach);
    if (this.start.shares) this.checkSlots();
    return this;
  }

  private records$(): Observable<Result> {
    const options = { ...this.limitsOf(), ...callbacksOf(this.scenario, this.clock, this.at, this.breach) };
    const given = { feed: this.feed, options, fetcher: this.fetcher, body: () => this.body() };
    const records$ = this.start.start(given).pipe(
      tap({
        next: () => this.settled++,
        finalize: () => (this.pipelineEndedAt = this.clock.now()),
      }),
    );
    return this.scenario.passages
      .reduce((passed$, name) => passages[name](this.clock)(passed$), records$)
      .pipe(takeUntil(this.left));
  }

  private limitsOf(): FetchOptions<unknown> {
    const { lookahead, attemptTime: attempt, totalTime: total = Infinity } = this.scenario;
    return {
      concurrency: this.concurrency,
      lookahead,
      transport: this.transport,
      scheduler: this.clock,
      signal: this.signal.signal,
      drain: this.drain.signal,
      timeout: { attempt, total },
    };
  }

  private get concurrency(): number | Observable<number> {
    if (!this.scenario.changes) return this.scenario.concurrency;
    return new Observable((subscriber) => {
      this.at('concurrency');
      return this.limits.subscribe(subscriber);
    });
  }

  private makeFeed(ending: Scenario['ending']): Feed {
    const { inputs, farewell, pace } = this.scenario;
    const read = (): void => {
      this.at('read');
    };
    return new Feed(
      inputs.map((kind, index) => () => makeInput(kind, `http://h/${index}`, read)),
      ending,
      farewell,
      pace,
      {
        at: this.at,
        handed: () => {
          this.handed();
        },
        after: (ms, callback) => this.after(ms, callback),
      },
    );
  }

  /** What a `for await` loop does with a record. */
  private body(): Promise<void> {
    const { bodyTime } = this.scenario;
    if (bodyTime === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.after(bodyTime, resolve);
    });
  }

  private readonly transport = (request: FetchRequest): Observable<Page> => {
    if (!this.feed.given.includes(request)) {
      const url = String(request.url);
      if (url.startsWith('http://probe/')) return this.counted(NEVER);
      if (url.startsWith('http://neighbour/')) {
        return this.counted(timer(1, this.clock).pipe(map(() => page(url))));
      }
    }
    this.at('transport');
    const index = this.feed.indexOf(request);
    const attempt = (this.asked[index] = (this.asked[index] ?? 0) + 1);
    const { answers } = this.scenario;
    const attempts = answers[index % answers.length] ?? [];
    const name = attempts[Math.min(attempt, attempts.length) - 1] ?? 'a page';
    const watched = <T>(pages$: Observable<T>): Observable<T> => this.watched(pages$);
    return answer(name).give(`http://h/${index}`, this.clock, watched) as Observable<Page>;
  };

  /** Counts subscriptions to the transport. */
  private counted<T>(pages$: Observable<T>): Observable<T> {
    return new Observable((subscriber) => {
      subscriber.add(() => this.inFlight--);
      // an interceptor may have had the slot for a while before it asks
      const most = this.scenario.interceptors.length > 0 ? this.highestLimit : this.limits.value;
      if (++this.inFlight > most) this.breach(`${this.inFlight} in flight at ${most} slots`);
      pages$.subscribe(subscriber);
    });
  }

  /** Counts them, and lets the plan interfere. */
  private watched<T>(pages$: Observable<T>): Observable<T> {
    return this.counted(
      new Observable((subscriber) => {
        this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
        subscriber.add(() => {
          this.at('teardown');
        });
        this.at('subscribe');
        pages$.subscribe(subscriber);
      }),
    );
  }

  /** Code that is not the library's runs. */
  private readonly at = (point: Point): void => {
    const nth = (this.calls.get(point) ?? 0) + 1;
    this.calls.set(point, nth);
    const isLate = this.endedAt !== undefined && this.clock.now() > this.endedAt;
    if (isLate && point !== 'teardown' && point !== 'concurrency') this.breach(`${point} after the end`);
    const { plan } = this.scenario;
    const planned = typeof plan?.when === 'object' ? plan.when : undefined;
    if (this.stopped && this.stopped.by !== 'drain' && beginnings.includes(point)) {
      const follows =
        point === 'transport'
          ? planned !== undefined && this.scenario.interceptors.length > 0 // which call it
          : point === 'pull' && planned?.point === 'iterate'; // it is asked before it can be left
      if (!follows) this.breach(`${point} after ${this.stopped.by}`);
    }
    if (plan && planned?.point === point && planned.nth === nth) this.do(plan.deed);
  };

  private do(deed: Deed): void {
    if (this.end || !this.begun) return;
    this.stopped ??= { by: deed, at: this.clock.now() };
    if (deed === 'unsubscribe') this.left.next();
    else if (deed === 'drain') this.drain.abort();
    else if (deed === 'close' && this.start.shares) this.fetcher.close();
    else this.signal.abort();
  }

  private handed(): void {
    if (this.stopped) return;
    this.handedInTime++;
    const { pulls, loops } = this.start;
    const held = this.feed.given.length - this.settled;
    this.mostHeld = Math.max(this.mostHeld, held);
    const most = this.highestLimit + this.scenario.lookahead + (loops ? 1 : 0); // a loop has just taken one
    if (pulls && held > most) this.breach(`${held} pulled and unsettled, ${most} are the most`);
  }

  private received(record: Result): void {
    if (this.end) this.breach(`a record after it ${this.end}`);
    this.records.push(record);
    this.at('next');
    if (this.records.length === this.scenario.throwsAt) throw new Deliberate('a consumer');
  }

  private over(end: Ended): void {
    if (this.end) this.breach(`it ${end} after it ${this.end}`);
    this.end = end;
    this.endedAt = this.clock.now();
  }

  /** Nothing happens before time moves on: all slots are in use, or all is over and nothing is left. */
  private whenQuiet(): void {
    const { scenario, start, feed } = this;
    const steady = !scenario.changes && scenario.retries === 0 && scenario.pace === 0 && !start.shares;
    const free = !start.loops && !scenario.passages.some((name) => name.startsWith('inOrder'));
    if (start.pulls && steady && free && !this.stopped && !feed.ended && feed.given.length < feed.size) {
      const held = feed.given.length - this.settled;
      const slots = scenario.concurrency;
      if (held !== slots) this.breach(`${held} pulled and unsettled at ${slots} slots`);
    }
    const isOver = this.end !== undefined && (!start.shares || this.neighboursServed !== undefined);
    const timers = this.clock.timers - this.ownTimers;
    if (isOver && timers > 0) this.breach(`${timers} timers are left`);
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

  /** Whoever comes next finds every slot of the fetcher free. */
  private checkSlots(): void {
    if (!this.end || this.stopped?.by === 'close') return;
    if (this.neighboursServed !== neighbours) {
      this.breach(`the neighbour got ${String(this.neighboursServed)}`);
    }
    const probes = Array.from({ length: this.limits.value + 2 }, (_, n) => `http://probe/${n}`);
    const before = this.inFlight;
    const probe = this.fetcher.fetchFrom(probes).subscribe();
    const free = this.inFlight - before;
    if (free !== this.limits.value) this.breach(`${free} slots left of ${this.limits.value}`);
    probe.unsubscribe();
  }

  private change(limit: number): void {
    this.highestLimit = Math.max(this.highestLimit, limit);
    this.limits.next(limit);
  }

  /** A timer of the run's own, which is none that is left behind. */
  private after(ms: number, callback: () => void): () => void {
    this.ownTimers++;
    let pending = true;
    const done = (): void => {
      if (pending) this.ownTimers--;
      pending = false;
    };
    const scheduled = this.clock.schedule(() => {
      done();
      callback();
    }, ms);
    return () => {
      done();
      scheduled.unsubscribe();
    };
  }

  private readonly breach = (what: string): void => {
    if (!this.breaches.includes(what)) this.breaches.push(what);
  };
}

function awaitable(kind: InputName): InputName {
  return inputKind(kind).cannotBeAwaited ? 'null' : kind;
}
