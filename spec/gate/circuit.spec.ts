import { describe, expect, it } from 'vitest';
import { Circuit, type CircuitOptions } from '../../lib/gate/circuit.js';

const circuitWith = (options: Partial<CircuitOptions> = {}): Circuit =>
  new Circuit({ threshold: 3, window: 100, cooldown: 7, probes: 1, ...options });

/** An attempt from `start` to `end`. @returns whether its end opened the circuit */
function attempt(circuit: Circuit, failed: boolean | undefined, end = 0): boolean {
  return circuit.ended(failed, circuit.started(), end);
}

/** One that has opened at 0. */
function openCircuit(options?: Partial<CircuitOptions>): Circuit {
  const circuit = circuitWith(options);
  for (let failures = 0; failures < (options?.threshold ?? 3); failures++) attempt(circuit, true);
  return circuit;
}

describe('Circuit', () => {
  it('does what its diagram shows', () => {
    const circuit = circuitWith();
    const outcomes = [true, true, true, false, false, false, false, false];
    let row = '';
    for (let time = 0; time < 14; time++) {
      if (!circuit.lets(time)) {
        row += '.';
        continue;
      }
      const probe = circuit.started();
      const failed = outcomes.shift()!;
      row += probe ? 'p' : failed ? 'f' : 's';
      circuit.ended(failed, probe, time + 1);
    }
    expect(row).toBe('fff.......psss');
  });

  describe('closed', () => {
    it('lets attempts through, and they are no probes', () => {
      const circuit = circuitWith();
      expect(circuit.lets(0)).toBe(true);
      expect(circuit.started()).toBe(false);
    });

    it('opens at the failure that reaches the threshold, and says so then alone', () => {
      const circuit = circuitWith();
      expect([attempt(circuit, true), attempt(circuit, true)]).toEqual([false, false]);
      expect(circuit.lets(0)).toBe(true);
      expect(attempt(circuit, true)).toBe(true);
      expect(circuit.lets(0)).toBe(false);
    });

    it('opens at the first failure with a threshold of 1', () => {
      expect(attempt(circuitWith({ threshold: 1 }), true)).toBe(true);
    });

    it('counts failures, not successes, nor what says nothing of the host', () => {
      const circuit = circuitWith();
      for (const failed of [true, false, undefined, true, false, undefined]) attempt(circuit, failed);
      expect(circuit.lets(0)).toBe(true);
      expect(attempt(circuit, true)).toBe(true);
    });

    it('forgets a failure when the window has passed it', () => {
      const circuit = circuitWith({ window: 10 });
      attempt(circuit, true, 0);
      attempt(circuit, true, 5);
      expect(attempt(circuit, true, 10)).toBe(false);
      expect(attempt(circuit, true, 14)).toBe(true);
    });

    it('remembers a failure to the last millisecond of the window', () => {
      const circuit = circuitWith({ window: 10 });
      attempt(circuit, true, 0);
      attempt(circuit, true, 5);
      expect(attempt(circuit, true, 9)).toBe(true);
    });

    it('is clear at first, and again once its failures are forgotten', () => {
      const circuit = circuitWith({ window: 10 });
      expect(circuit.isClear(0)).toBe(true);
      attempt(circuit, false, 0);
      expect(circuit.isClear(0)).toBe(true);
      attempt(circuit, true, 0);
      expect(circuit.isClear(9)).toBe(false);
      expect(circuit.isClear(10)).toBe(true);
    });
  });

  describe('open', () => {
    it('lets nothing through until the cooldown is over', () => {
      const circuit = openCircuit();
      expect([circuit.lets(0), circuit.lets(6), circuit.lets(7)]).toEqual([false, false, true]);
    });

    it('is never clear: a new one would be closed', () => {
      const circuit = openCircuit();
      expect(circuit.isClear(1)).toBe(false);
      expect(circuit.isClear(1_000_000)).toBe(false);
    });

    it('learns nothing from attempts that started before it opened, late as they end', () => {
      const circuit = circuitWith();
      const early = circuit.started();
      for (let failures = 0; failures < 3; failures++) attempt(circuit, true);
      expect(circuit.ended(true, early, 5)).toBe(false);
      expect(circuit.lets(7)).toBe(true); // not 12: that failure did not prolong it
      circuit.ended(false, early, 6);
      expect(circuit.lets(6)).toBe(false); // nor did that success close it
    });
  });

  describe('half-open', () => {
    it.each([1, 2, 3])('lets %i probes through at a time', (probes) => {
      const circuit = openCircuit({ probes });
      for (let probe = 0; probe < probes; probe++) {
        expect(circuit.lets(7)).toBe(true);
        expect(circuit.started()).toBe(true);
      }
      expect(circuit.lets(7)).toBe(false);
      expect(circuit.lets(1_000)).toBe(false);
    });

    it('closes when a probe succeeds, with its failures forgotten', () => {
      const circuit = openCircuit();
      expect(attempt(circuit, false, 8)).toBe(false);
      expect(circuit.lets(8)).toBe(true);
      expect(circuit.started()).toBe(false);
      expect(circuit.isClear(8)).toBe(true);
      expect([attempt(circuit, true, 8), attempt(circuit, true, 8)]).toEqual([false, false]);
    });

    it('opens again for a whole cooldown when a probe fails', () => {
      const circuit = openCircuit();
      expect(attempt(circuit, true, 8)).toBe(true);
      expect([circuit.lets(14), circuit.lets(15)]).toEqual([false, true]);
    });

    it('lets another probe through when one ends that says nothing of the host', () => {
      const circuit = openCircuit();
      expect(attempt(circuit, undefined, 8)).toBe(false);
      expect(circuit.lets(8)).toBe(true);
      expect(circuit.started()).toBe(true);
    });

    it('gives back the place of a probe that ends after another has closed it', () => {
      const circuit = openCircuit({ probes: 2 });
      const [first, second] = [circuit.started(), circuit.started()];
      circuit.ended(false, first, 8);
      circuit.ended(false, second, 9);
      for (let failures = 0; failures < 3; failures++) attempt(circuit, true, 10);
      expect([circuit.started(), circuit.lets(17), circuit.started(), circuit.lets(17)]).toEqual([
        true,
        true,
        true,
        false,
      ]);
    });

    it.each([true, false])(
      'learns nothing from a probe of before it opened again (which failed: %s)',
      (failed) => {
        const circuit = openCircuit({ probes: 2 });
        const [first, second] = [circuit.started(), circuit.started()];
        expect(circuit.ended(true, first, 8)).toBe(true);
        expect(circuit.ended(failed, second, 10)).toBe(false);
        expect([circuit.lets(14), circuit.lets(15)]).toEqual([false, true]);
        expect([circuit.started(), circuit.lets(15), circuit.started(), circuit.lets(15)]).toEqual([
          true,
          true,
          true,
          false,
        ]);
      },
    );

    it('is not closed by an attempt of before it opened', () => {
      const circuit = circuitWith();
      const early = circuit.started();
      for (let failures = 0; failures < 3; failures++) attempt(circuit, true);
      circuit.started();
      circuit.ended(false, early, 9);
      expect(circuit.lets(9)).toBe(false);
    });
  });
});
