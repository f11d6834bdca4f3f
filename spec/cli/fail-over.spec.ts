import { describe, expect, it } from 'vitest';
import { FailOver } from '../../lib/cli/fail-over.js';

/** What is said after each record; `.` is a success, `x` a failure. */
function verdicts(share: number | undefined, records: string): (string | undefined)[] {
  const failOver = new FailOver(share);
  return Array.from(records, (record) => failOver.add(record === '.'));
}

/** After how many records the run ends. */
function endOf(share: number | undefined, records: string): number | undefined {
  const place = verdicts(share, records).findIndex((verdict) => verdict !== undefined);
  return place === -1 ? undefined : place + 1;
}

describe('FailOver', () => {
  it('never ends a run when it is not asked to', () => {
    expect(endOf(undefined, 'x'.repeat(1_000))).toBeUndefined();
  });

  it('ends it at the first failure when no share may fail', () => {
    expect(verdicts(0, '..x')).toEqual([undefined, undefined, 'Stopped at the first failure']);
  });

  it('has no share of fewer than 20 records', () => {
    expect(endOf(0.1, 'x'.repeat(30))).toBe(20);
  });

  it('ends it at the 20th record when those before have failed and that one has not', () => {
    const early = `xxxxx${'.'.repeat(100)}`;
    expect(endOf(0.24, early)).toBe(20);
    expect(verdicts(0.24, early)[19]).toBe('Stopped: 5 of 20 records are failures, which is more than 24%');
    expect(endOf(0.25, early)).toBeUndefined();
  });

  it('ends it when more than the share have failed, and not when just the share has', () => {
    const half = '.x'.repeat(50);
    expect(endOf(0.5, half)).toBeUndefined();
    expect(endOf(0.5, `${half}x`)).toBe(101);
    expect(verdicts(0.5, `${half}x`).at(-1)).toBe(
      'Stopped: 51 of 101 records are failures, which is more than 50%',
    );
    expect(verdicts(0.125, 'x'.repeat(20)).at(-1)).toContain('more than 12.5%');
  });

  it('never ends it when all may fail', () => {
    expect(endOf(1, 'x'.repeat(100))).toBeUndefined();
  });
});
