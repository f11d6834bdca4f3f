import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Line } from '../../lib/gate/line.js';

interface Job {
  readonly owner: string;
  readonly name: string;
}

const job = (name: string): Job => ({ name, owner: name[0] ?? '' });

function lineOf(names: string): Line<Job> {
  const line = new Line<Job>();
  for (const name of names.split(' ')) line.push(job(name));
  return line;
}

function leave(line: Line<Job>): string {
  const names: string[] = [];
  for (let next = line.shift(); next; next = line.shift()) names.push(next.name);
  return names.join(' ');
}

describe('Line', () => {
  it.each([
    ['a1', 'a1'],
    ['a1 a2 a3', 'a1 a2 a3'],
    ['a1 a2 a3 b1', 'a1 b1 a2 a3'],
    ['a1 a2 a3 b1 c1 b2', 'a1 b1 c1 a2 b2 a3'],
  ])('%s leave as %s', (came, leaves) => {
    expect(leave(lineOf(came))).toBe(leaves);
  });

  it('gives who comes later its turn before the second of who came first', () => {
    const line = lineOf('a1 a2 a3 a4');
    expect(line.shift()?.name).toBe('a1');
    line.push(job('b1'));
    line.push(job('b2'));
    expect(leave(line)).toBe('a2 b1 a3 b2 a4');
  });

  it('takes out what is picked, and keeps the order of the rest', () => {
    const line = lineOf('a1 a2 a3 b1 b2');
    expect(line.remove(({ owner }) => owner === 'b').map(({ name }) => name)).toEqual(['b1', 'b2']);
    expect(line.size).toBe(3);
    expect(leave(line)).toBe('a1 a2 a3');
    expect(line.remove(() => true)).toEqual([]);
  });

  it('loses nothing, keeps the order of each owner, and lets no owner wait for more than the others have turns', () => {
    const steps = fc.array(fc.constantFrom('a', 'b', 'c', 'take', 'take'), { maxLength: 60 });
    fc.assert(
      fc.property(steps, (all) => {
        const line = new Line<Job>();
        const waiting = new Map<string, string[]>();
        const passedOver = new Map<string, Set<string>>();
        let count = 0;
        for (const step of all) {
          if (step !== 'take') {
            const name = `${step}${count++}`;
            line.push(job(name));
            waiting.set(step, [...(waiting.get(step) ?? []), name]);
            continue;
          }
          const next = line.shift();
          const owners = [...waiting.keys()].filter((owner) => (waiting.get(owner)?.length ?? 0) > 0);
          expect(next === undefined).toBe(owners.length === 0);
          if (!next) continue;
          expect(waiting.get(next.owner)?.shift()).toBe(next.name);
          passedOver.delete(next.owner);
          for (const owner of owners.filter((other) => other !== next.owner)) {
            const by = passedOver.get(owner) ?? new Set();
            expect(by.has(next.owner)).toBe(false); // a second turn while this one waits for its first
            passedOver.set(owner, by.add(next.owner));
          }
        }
        expect(line.size).toBe([...waiting.values()].flat().length);
      }),
      { numRuns: 2_000 },
    );
  });
});
