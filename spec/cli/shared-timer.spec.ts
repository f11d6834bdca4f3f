import { interval, NEVER, Subscription, take, timeout, timer, toArray, firstValueFrom } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SharedTimer } from '../../lib/cli/shared-timer.js';

describe('a shared timer', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('ends waits in the order of their ends, each at its time', async () => {
    const scheduler = new SharedTimer();
    const ended: string[] = [];
    const note = (delay: number): Subscription =>
      scheduler.schedule(() => void ended.push(`${delay} at ${performance.now() - begun}`), delay);
    const begun = performance.now();
    for (const delay of [3_000, 1, 2_000, 0, 2_000]) note(delay);
    await vi.advanceTimersByTimeAsync(500);
    note(1_000);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(ended).toEqual([
      '1 at 1',
      '0 at 1',
      '1000 at 1500',
      '2000 at 2000',
      '2000 at 2000',
      '3000 at 3000',
    ]);
  });

  it('has one timer, however many wait, and none when the last one has ended', () => {
    const scheduler = new SharedTimer();
    for (let n = 0; n < 1_000; n++) scheduler.schedule(() => undefined, 1_000 + n);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(1_999);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('passes over who has left', () => {
    const scheduler = new SharedTimer();
    const ended: number[] = [];
    const waits = [1_000, 2_000, 3_000].map((delay) =>
      scheduler.schedule(() => void ended.push(delay), delay),
    );
    waits[0]?.unsubscribe();
    waits[1]?.unsubscribe();
    vi.advanceTimersByTime(10_000);
    expect(ended).toEqual([3_000]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('takes in who comes while one ends', () => {
    const scheduler = new SharedTimer();
    const ended: string[] = [];
    scheduler.schedule(() => {
      scheduler.schedule(() => void ended.push(`second at ${performance.now() - begun}`), 10);
    }, 1_000);
    const begun = performance.now();
    vi.advanceTimersByTime(1_010);
    expect(ended).toEqual(['second at 1010']);
  });

  it('goes on where what waited throws', () => {
    const scheduler = new SharedTimer();
    let ended = 0;
    scheduler.schedule(() => {
      throw new Error('mine');
    }, 1_000);
    scheduler.schedule(() => (ended += 1), 1_000);
    scheduler.schedule(() => (ended += 1), 2_000);
    expect(() => vi.advanceTimersByTime(1_000)).toThrow('mine');
    vi.advanceTimersByTime(1_000);
    expect(ended).toBe(2);
  });

  it('waits as long as it is told to, whatever is done to the clock', () => {
    const scheduler = new SharedTimer();
    let ended = false;
    scheduler.schedule(() => (ended = true), 30_000);
    vi.setSystemTime(0);
    vi.advanceTimersByTime(29_999);
    expect(ended).toBe(false);
    vi.advanceTimersByTime(1);
    expect(ended).toBe(true);
  });

  it('waits longer than a timer can', () => {
    const scheduler = new SharedTimer();
    let ended = false;
    const days = 30 * 24 * 3_600_000;
    scheduler.schedule(() => void (ended = true), days);
    vi.advanceTimersByTime(days - 1);
    expect(ended).toBe(false);
    vi.advanceTimersByTime(1);
    expect(ended).toBe(true);
  });

  it('is a scheduler as any other to the operators', async () => {
    const scheduler = new SharedTimer();
    const ticks = firstValueFrom(interval(1_000, scheduler).pipe(take(3), toArray()));
    const late = firstValueFrom(NEVER.pipe(timeout({ first: 2_000, with: () => ['late'], scheduler })));
    const seen = firstValueFrom(timer(500, 250, scheduler).pipe(take(2), toArray()));
    await vi.advanceTimersByTimeAsync(3_000);
    expect([await ticks, await late, await seen]).toEqual([[0, 1, 2], 'late', [0, 1]]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
