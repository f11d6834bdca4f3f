import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RetryBudget } from '../../lib/gate/retry-budget.js';

/** Takes retries until there are none, `most` at most. */
function drain(budget: RetryBudget, most = 1_000): number {
  let retries = 0;
  while (retries < most && budget.withdraw()) retries++;
  return retries;
}

describe('RetryBudget', () => {
  it('has its reserve at first: 10 retries', () => {
    expect(drain(new RetryBudget(0.2))).toBe(10);
  });

  it('allows as many retries as its docstring says when a host is down', () => {
    const budget = new RetryBudget(0.2);
    let attempts = 0;
    for (let input = 0; input < 400; input++) {
      budget.deposit();
      attempts += 1 + drain(budget, 2);
    }
    expect(attempts).toBe(400 + 10 + 80);
  });

  it('gives a retry for each five first attempts at a share of 0.2, whatever binary fractions say', () => {
    const budget = new RetryBudget(0.2);
    drain(budget);
    for (let round = 0; round < 1_000; round++) {
      for (let first = 0; first < 4; first++) budget.deposit();
      expect(budget.withdraw()).toBe(false);
      budget.deposit();
      expect(budget.withdraw()).toBe(true);
    }
  });

  it('saves up ten times its reserve and no more', () => {
    const budget = new RetryBudget(1, 3);
    for (let first = 0; first < 1_000; first++) budget.deposit();
    expect(drain(budget)).toBe(30);
  });

  it('gives its reserve alone with a share of 0', () => {
    const budget = new RetryBudget(0);
    for (let first = 0; first < 1_000; first++) budget.deposit();
    expect(drain(budget)).toBe(10);
  });

  it('never runs dry with a share of Infinity', () => {
    const budget = new RetryBudget(Infinity);
    expect(drain(budget)).toBe(1_000);
    budget.deposit();
    expect(drain(budget)).toBe(1_000);
    expect(budget.isFull).toBe(true);
  });

  it('is full until a retry takes of its reserve, and again when first attempts have made up for it', () => {
    const budget = new RetryBudget(0.5);
    expect(budget.isFull).toBe(true);
    budget.withdraw();
    expect(budget.isFull).toBe(false);
    budget.deposit();
    expect(budget.isFull).toBe(false);
    budget.deposit();
    expect(budget.isFull).toBe(true);
    budget.deposit();
    expect(budget.isFull).toBe(true);
  });

  it('never allows more retries than its reserve and its share of the first attempts', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(0, 0.1, 0.2, 0.3, 0.5, 1, 2),
        fc.nat(20),
        fc.array(fc.boolean(), { maxLength: 500, size: 'max' }),
        (share, reserve, steps) => {
          const budget = new RetryBudget(share, reserve);
          let firsts = 0;
          let retries = 0;
          for (const isFirst of steps) {
            if (isFirst) {
              budget.deposit();
              firsts++;
            } else if (budget.withdraw()) retries++;
            expect(retries).toBeLessThanOrEqual(reserve + share * firsts + 1e-6);
          }
        },
      ),
    );
  });
});
