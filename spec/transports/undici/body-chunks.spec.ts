import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BodyChunks } from '../../../lib/transports/undici/body-chunks.js';
import { noise } from '../../support/noise.js';

/** The chunks of a body of noise, by their lengths. */
function chunksOf(lengths: readonly number[]): Buffer[] {
  const body = noise(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  return lengths.map((length) => body.subarray(at, (at += length)));
}

function joined(chunks: readonly Buffer[]): Buffer {
  const body = new BodyChunks();
  for (const chunk of chunks) body.push(chunk);
  return body.concat();
}

describe('BodyChunks', () => {
  it('puts together what came, whatever the lengths', () => {
    const length = fc.oneof(fc.nat(20), fc.nat(5_000), fc.nat(70_000));
    fc.assert(
      fc.property(fc.array(length, { maxLength: 40 }), (lengths) => {
        const chunks = chunksOf(lengths);
        expect(joined(chunks).equals(Buffer.concat(chunks))).toBe(true);
      }),
    );
  });

  it('has no copy of a body that came in one chunk', () => {
    const [chunk] = chunksOf([1_000]);
    expect(joined([chunk!])).toBe(chunk);
  });

  it('is of no bytes where nothing came', () => {
    expect(joined([])).toHaveLength(0);
  });

  it.for([
    ['bytes', 10_000, [1]],
    ['bytes between large chunks', 300, [4_096, 1]],
    ['bytes between larger ones', 60, [65_536, 1]],
  ] as const)('holds not much more than the body when it comes in %s', ([, times, lengths]) => {
    const held = new Set<ArrayBufferLike>();
    const body = new BodyChunks();
    let size = 0;
    for (let left = times; left > 0; left--) {
      for (const length of lengths) {
        body.push(Buffer.from(new ArrayBuffer(length)));
        size += length;
      }
    }
    for (const { buffer } of body.pieces) held.add(buffer);
    const bytes = [...held].reduce((sum, { byteLength }) => sum + byteLength, 0);
    expect(bytes).toBeLessThanOrEqual(2 * size + 65_536);
    expect(held.size).toBeLessThanOrEqual(2 * Math.ceil(size / 4_096));
  });
});
