import { VirtualTimeScheduler } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { LineWriter } from '../../lib/files/line-writer.js';
import type { Output } from '../../lib/files/output.js';

/** An output each of whose writes ends when it is told to. */
class HeldOutput implements Output {
  readonly name = 'held';
  readonly chunks: string[] = [];
  readonly calls: { resolve: () => void; reject: (error: Error) => void }[] = [];
  ends = 0;

  write(chunk: Uint8Array): Promise<void> {
    this.chunks.push(Buffer.from(chunk).toString());
    return new Promise((resolve, reject) => this.calls.push({ resolve, reject }));
  }

  async end(): Promise<void> {
    this.ends++;
  }
}

/** Lets everything happen that waits for nothing but a promise. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function writer(): {
  lines: LineWriter;
  output: HeldOutput;
  time: VirtualTimeScheduler;
  failures: unknown[];
} {
  const output = new HeldOutput();
  const time = new VirtualTimeScheduler();
  const failures: unknown[] = [];
  return { lines: new LineWriter(output, time, (error) => failures.push(error)), output, time, failures };
}

describe('LineWriter', () => {
  it('writes many lines at once, 50 ms after the first of them', () => {
    const { lines, output, time } = writer();
    expect([lines.add('a\n'), lines.add('b\n')]).toEqual([undefined, undefined]);
    time.maxFrames = 49;
    time.flush();
    expect(output.chunks).toEqual([]);
    time.maxFrames = 50;
    time.flush();
    expect(output.chunks).toEqual(['a\nb\n']);
  });

  it('writes 64 KiB at once, and one batch after the other', async () => {
    const { lines, output } = writer();
    const half = 'x'.repeat(32 * 1024);
    void lines.add(half);
    void lines.add(half);
    expect(output.chunks).toEqual([half + half]);
    void lines.add(half + half);
    expect(output.chunks.length).toBe(1);
    output.calls[0]?.resolve();
    await settled();
    expect(output.chunks).toEqual([half + half, half + half]);
  });

  it('makes who adds more wait when too much waits to be written', async () => {
    const { lines, output } = writer();
    const batch = 'x'.repeat(64 * 1024);
    const waits = Array.from({ length: 17 }, () => lines.add(batch));
    expect(waits.slice(0, 16)).toEqual(Array(16).fill(undefined)); // the first is being written
    let isOver = false;
    void waits[16]?.then(() => (isOver = true));
    output.calls[0]?.resolve();
    await settled();
    expect(isOver).toBe(false);
    expect(output.chunks[1]?.length).toBe(16 * 64 * 1024);
    output.calls[1]?.resolve();
    await settled();
    expect(isOver).toBe(true);
    expect(lines.add('a')).toBeUndefined();
  });

  it('ends its output when all is written', async () => {
    const { lines, output } = writer();
    void lines.add('a\n');
    const ended = lines.end();
    expect([output.chunks, output.ends]).toEqual([['a\n'], 0]);
    output.calls[0]?.resolve();
    await ended;
    expect(output.ends).toBe(1);
  });

  it('tells of a write that fails at once, at the next line and at the end, and writes no more', async () => {
    const { lines, output, time, failures } = writer();
    const broken = new Error('broken');
    void lines.add('a\n');
    time.flush();
    void lines.add('b\n');
    output.calls[0]?.reject(broken);
    await settled();
    expect(failures).toEqual([broken]);
    expect(() => lines.add('c\n')).toThrow(broken);
    await expect(lines.end()).rejects.toThrow(broken);
    expect([output.chunks, output.ends]).toEqual([['a\n'], 0]);
  });
});
