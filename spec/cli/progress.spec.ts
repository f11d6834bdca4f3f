import { EventEmitter } from 'node:events';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { followWatcher } from '../../lib/cli/follow-watcher.js';
import { guardCursor } from '../../lib/cli/progress/cursor-guard.js';
import { Screen } from '../../lib/cli/progress/screen.js';
import { columnsFor, isWatched } from '../../lib/cli/progress/terminal.js';
import type { RunPlan } from '../../lib/cli/run-plan.js';
import { talkOn, type Talk } from '../../lib/cli/talk.js';
import type { Watcher } from '../../lib/cli/watcher.js';
import { failure, page, success } from '../../lib/testing/index.js';
import { planOf } from './run-of.js';
import { TerminalDouble } from './terminal-double.js';

const url = 'http://shop.example/';

interface Setting {
  readonly talk?: Partial<RunPlan['talk']>;
  readonly terminal?: TerminalDouble;
  readonly env?: Record<string, string>;
  readonly isStdoutTerminal?: boolean;
  /** Ms between two records. */
  readonly pace?: number;
}

interface Moment {
  readonly watcher: Watcher;
  readonly talk: Talk;
  readonly terminal: TerminalDouble;
}

/** A run of a hundred inputs, one after the other in virtual time, and what is done to it after each of them. */
async function follow(setting: Setting, after: (n: number, moment: Moment) => void = () => undefined) {
  const { terminal = new TerminalDouble(), env = {}, isStdoutTerminal = false, pace = 50 } = setting;
  const plan = planOf({ talk: { level: 'normal', color: false, json: false, ...setting.talk } });
  const guarded = Object.assign(new EventEmitter(), { pid: 1, kill: () => true });
  const scheduler = new TestScheduler(() => undefined);
  let watcher: Watcher | undefined;
  const ended: unknown[] = [];
  scheduler.run(() => {
    const talk = talkOn(terminal, plan.talk, () => scheduler.now());
    const io = { talk, scheduler, stderr: terminal, env, process: guarded, isStdoutTerminal };
    watcher = followWatcher(plan, io);
    for (let index = 0; index < 100 && watcher; index++) {
      const to = { watcher, talk, terminal };
      scheduler.schedule(() => {
        const at = scheduler.now();
        to.watcher.event?.({ type: 'pull', index, at, request: { url } });
        to.watcher.event?.({ type: 'start', index, at, request: { url }, attempt: 1 });
        const common = { index, url, duration: 40 };
        const result = index % 10 === 9 ? failure('dns', common) : success(page(url), common);
        to.watcher.event?.({ type: 'settle', index, at, result });
        after(index + 1, to);
        if (index === 99) ended.push(to.watcher.end?.({ duration: at, isCut: false }));
      }, index * pace);
    }
  });
  await Promise.all(ended);
  return { terminal, guarded, watcher };
}

describe('progress on a terminal', () => {
  it('is drawn again at most ten times a second', async () => {
    const { terminal } = await follow({ pace: 10 });
    const draws = terminal.writes.filter((text) => text.includes(' done'));
    expect(draws.length).toBeGreaterThanOrEqual(8);
    expect(draws.length).toBeLessThanOrEqual(10);
  });

  it('is gone when it is said what became of the run, and the cursor is back', async () => {
    let wasHidden = false;
    const { terminal, guarded } = await follow({}, (n, moment) => {
      if (n === 50) wasHidden = moment.terminal.isCursorHidden;
    });
    expect(wasHidden).toBe(true);
    expect(terminal.isCursorHidden).toBe(false);
    expect(terminal.lines()[0]).toMatch(/^100 URLs in 5\.0 s: 90 succeeded, 10 failed$/);
    expect(terminal.lines().join('\n')).not.toContain(' in flight');
    expect(guarded.eventNames()).toStrictEqual([]);
  });

  it('counts until the total is known, and then has a bar', async () => {
    const seen: string[][] = [];
    await follow({}, (n, { watcher, terminal }) => {
      if (n === 52) seen.push(terminal.lines());
      if (n === 55) watcher.inputs?.(100);
      if (n === 60) seen.push(terminal.lines());
    });
    expect(seen[0]?.[0]).toMatch(/^51 done {2}20\/s {2}0 B\/s$/);
    expect(seen[1]?.[0]).toMatch(/^█{23}░{17} {3}59\/100 {2}20\/s {2}ETA 3 s {2}0 B\/s$/);
    expect(seen[1]?.[1]).toBe('0 in flight  5 failed  p50 40 ms  p95 40 ms  dns 5');
    expect(seen[1]).toHaveLength(2);
  });

  it('names the slowest hosts when verbose', async () => {
    let seen: string[] = [];
    await follow({ talk: { level: 'verbose' } }, (n, { terminal }) => {
      if (n === 60) seen = terminal.lines();
    });
    expect(seen[2]).toBe('slowest hosts, p95:  shop.example 40 ms');
  });

  it('is not torn by a message, which stands above it', async () => {
    let seen: string[] = [];
    await follow({}, (n, { talk, terminal }) => {
      if (n === 50 || n === 51) talk.info(`message ${n}`);
      if (n === 60) seen = terminal.lines();
    });
    expect(seen.map((line) => line.slice(0, 18))).toStrictEqual([
      'sluice: message 50',
      'sluice: message 51',
      '59 done  20/s  0 B',
      '0 in flight  5 fai',
    ]);
  });

  it.each([200, 60, 33, 12, 4])('stays whole when the terminal comes to have %i columns', async (columns) => {
    let seen: string[] = [];
    await follow({ talk: { level: 'verbose' } }, (n, { terminal, watcher, talk }) => {
      if (n === 1) watcher.inputs?.(100);
      if (n === 2) talk.info('so it begins');
      if (n === 50) terminal.columns = columns;
      if (n === 60) seen = terminal.lines();
    });
    const message = 'sluice: so it begins';
    const broken = Math.ceil(message.length / columns);
    expect(seen.slice(0, broken).join('').replaceAll(' ', '')).toBe(message.replaceAll(' ', ''));
    expect(seen).toHaveLength(broken + 3);
  });

  it('leaves out what a low terminal has no line for', async () => {
    let seen: string[] = [];
    await follow(
      { terminal: new TerminalDouble({ rows: 2 }), talk: { level: 'verbose' } },
      (n, { terminal }) => {
        if (n === 60) seen = terminal.lines();
      },
    );
    expect(seen).toHaveLength(1);
  });
});

describe('progress elsewhere', () => {
  const log = new TerminalDouble({ isTTY: false });

  it('is a line every ten seconds, without an escape', async () => {
    const { terminal } = await follow({ terminal: log, pace: 350 });
    const lines = terminal.lines().filter((line) => line.startsWith('sluice:'));
    expect(lines.map((line) => line.slice(0, 30))).toStrictEqual([
      'sluice: 29 done, 2.8/s, 0 in f',
      'sluice: 58 done, 2.9/s, 0 in f',
      'sluice: 86 done, 2.8/s, 0 in f',
    ]);
    expect(terminal.writes.join('')).not.toContain('\u001b');
  });

  it.each([
    ['a dumb terminal', { TERM: 'dumb' }],
    ['CI', { CI: 'true' }],
    ['Azure Pipelines', { TF_BUILD: 'True' }],
  ])('of %s is the same', async (_name, env) => {
    const { terminal } = await follow({ env, pace: 150 });
    expect(terminal.writes[0]).toMatch(/^sluice: 6\d done, /);
    expect(terminal.writes.join('')).not.toContain('\u001b');
  });

  it('is JSON for --json-log, as the summary is, on a terminal too', async () => {
    const { terminal } = await follow({ talk: { json: true }, pace: 150 });
    const said = terminal.writes.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(said.map(({ message }) => message)).toStrictEqual(['progress', 'summary']);
    expect(said[0]).toMatchObject({ level: 'info', settled: 67, failed: 6, byKind: { dns: 6 } });
    expect(said[1]).toMatchObject({ settled: 100, succeeded: 90, failures: [{ kind: 'dns', count: 10 }] });
  });

  it('is nothing when quiet', async () => {
    const { terminal, watcher } = await follow({ talk: { level: 'quiet' } });
    expect(watcher).toBeUndefined();
    expect(terminal.writes).toStrictEqual([]);
  });

  it('is only the summary when the records themselves go to the terminal', async () => {
    const { terminal } = await follow({ isStdoutTerminal: true });
    expect(terminal.writes).toHaveLength(1);
    expect(terminal.writes[0]).toMatch(/^100 URLs in /);
  });
});

describe('a terminal', () => {
  it.each([
    [{}, true],
    [{ TERM: 'xterm-256color', CI: 'false' }, true],
    [{ CI: '' }, true],
    [{ TERM: 'dumb' }, false],
    [{ CI: '1' }, false],
    [{ BUILD_NUMBER: '7' }, false],
  ])('with %j is watched: %s', (env, expected) => {
    expect(isWatched(new TerminalDouble(), env)).toBe(expected);
    expect(isWatched(new TerminalDouble({ isTTY: false }), env)).toBe(false);
  });

  it.each([
    [100, 100],
    [12, 40],
    [900, 200],
    [0, 80],
  ])('of %i columns has texts of %i', (columns, expected) => {
    expect(columnsFor(new TerminalDouble({ columns }))).toBe(expected);
    expect(columnsFor(new TerminalDouble({ isTTY: false, columns }))).toBe(80);
  });
});

describe('the guard of the cursor', () => {
  function drawn() {
    const terminal = new TerminalDouble();
    const screen = new Screen(terminal);
    const killed: unknown[] = [];
    const guarded = Object.assign(new EventEmitter(), {
      pid: 7,
      kill: (...to: unknown[]) => killed.push(...to, terminal.isCursorHidden),
    });
    const unguard = guardCursor(screen, guarded);
    screen.draw(['one', 'two']);
    expect(terminal.isCursorHidden).toBe(true);
    return { terminal, screen, guarded, killed, unguard };
  }

  it.each(['exit', 'uncaughtExceptionMonitor'])('gives it back at %s, on a line without remains', (event) => {
    const { terminal, guarded } = drawn();
    guarded.emit(event);
    expect(terminal.isCursorHidden).toBe(false);
    expect(terminal.lines()).toStrictEqual(['']);
  });

  it('gives it back while Ctrl-Z stops the process, and draws again after that', () => {
    const { terminal, screen, guarded, killed } = drawn();
    guarded.emit('SIGTSTP');
    expect(killed).toStrictEqual([7, 'SIGSTOP', false]);
    screen.draw(['one', 'two']);
    expect(terminal.lines()).toStrictEqual(['one', 'two']);
    expect(terminal.isCursorHidden).toBe(true);
  });

  it('leaves nothing behind', () => {
    const { guarded, unguard } = drawn();
    unguard();
    expect(guarded.eventNames()).toStrictEqual([]);
  });
});
