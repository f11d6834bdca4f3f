import { EventEmitter } from 'node:events';
import { VirtualTimeScheduler } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { listenToSignals, type Interruption } from '../../lib/cli/signals.js';
import { talkOn } from '../../lib/cli/talk.js';

/** A run in virtual time; its log is what was done and said, and when. */
class WatchedRun extends EventEmitter {
  underWay = 3;
  readonly log: string[] = [];
  readonly time = new VirtualTimeScheduler();
  readonly interruption: Interruption;

  constructor() {
    super();
    const note = (text: string): void => void this.log.push(`${this.time.now()} ${text.trim()}`);
    const talk = talkOn({ write: note }, { level: 'normal', color: false, json: false }, () => 0);
    const underWay = (): number => this.underWay;
    this.interruption = listenToSignals(
      {
        drain: () => note('drain'),
        abort: () => note('abort'),
        whenCut: 'get a record of kind cancelled',
        get underWay() {
          return underWay();
        },
        get inFlight() {
          return underWay();
        },
      },
      {
        signals: this,
        scheduler: this.time,
        talk,
        exit: (code) => note(`exit ${code}`),
        stdin: refused,
        stdout: refused,
      },
    );
  }

  /** Lets time pass until so many ms. */
  until(ms: number): void {
    this.time.maxFrames = ms;
    this.time.flush();
    this.time.frame = ms;
  }
}

const refused = (): never => {
  throw new Error('not here');
};

describe('listenToSignals', () => {
  it('drains at Ctrl-C and counts down what is under way, aborts at the second, ends all at the third', () => {
    const run = new WatchedRun();
    expect(run.interruption.isInterrupted).toBe(false);
    run.until(100);
    run.emit('SIGINT');
    run.until(2_500); // nothing has changed, so nothing is said
    run.underWay = 2;
    run.until(60_000);
    run.emit('SIGINT');
    run.until(60_100);
    run.emit('SIGINT');
    expect(run.log).toEqual([
      '100 drain',
      '100 sluice: Stopping: no more URLs are taken, 3 are under way; Ctrl-C again cuts them off',
      '3100 sluice: 2 under way',
      '60000 sluice: Cut off: 2 under way get a record of kind cancelled',
      '60000 abort',
      '60100 exit 130',
    ]);
    expect(run.interruption.isInterrupted).toBe(true);
  });

  it.each(['SIGTERM', 'SIGHUP'])('drains at %s, and aborts after 5 s', (name) => {
    const run = new WatchedRun();
    run.emit(name);
    run.until(60_000);
    expect(run.log).toEqual([
      '0 drain',
      '0 sluice: Stopping: no more URLs are taken, 3 are under way; what is not done in 5 s is cut off',
      '1000 sluice: 3 under way, 4 s left',
      '2000 sluice: 3 under way, 3 s left',
      '3000 sluice: 3 under way, 2 s left',
      '4000 sluice: 3 under way, 1 s left',
      '5000 sluice: Cut off: 3 under way get a record of kind cancelled',
      '5000 abort',
    ]);
  });

  it('ends all at a signal after the abort that came by itself', () => {
    const run = new WatchedRun();
    run.emit('SIGTERM');
    run.until(6_000);
    run.emit('SIGINT');
    expect(run.log.slice(-2)).toEqual(['5000 abort', '6000 exit 130']);
  });

  it('aborts at the second signal, whatever the first was', () => {
    const run = new WatchedRun();
    run.emit('SIGTERM');
    run.emit('SIGINT');
    run.until(60_000);
    expect(run.log.filter((line) => line.endsWith('abort'))).toEqual(['0 abort']);
  });

  it('takes the same signal within 100 ms for one, as somebody may signal a process and its group', () => {
    const run = new WatchedRun();
    run.emit('SIGINT');
    run.until(99);
    run.emit('SIGINT');
    run.until(100);
    run.emit('SIGINT');
    run.until(199);
    run.emit('SIGINT');
    run.until(200);
    run.emit('SIGINT');
    expect(run.log.filter((line) => /drain|abort|exit/.test(line))).toEqual([
      '0 drain',
      '100 abort',
      '200 exit 130',
    ]);
  });

  it('says that one is under way', () => {
    const run = new WatchedRun();
    run.underWay = 1;
    run.emit('SIGINT');
    expect(run.log.at(-1)).toContain('no more URLs are taken, 1 is under way; Ctrl-C');
  });

  it('speaks of nothing when nothing is under way', () => {
    const run = new WatchedRun();
    run.underWay = 0;
    run.emit('SIGINT');
    run.emit('SIGTERM');
    expect(run.log).toEqual([
      '0 drain',
      '0 sluice: Stopping: no more URLs are taken, 0 are under way',
      '0 abort',
    ]);
  });

  it('hears nothing more when the run is over, and keeps no timer', () => {
    const run = new WatchedRun();
    run.emit('SIGTERM');
    run.interruption.stop();
    run.until(60_000);
    expect(run.log.length).toBe(2);
    expect(['SIGINT', 'SIGTERM', 'SIGHUP'].map((name) => run.listenerCount(name))).toEqual([0, 0, 0]);
  });
});
