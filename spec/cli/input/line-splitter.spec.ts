import { describe, expect, it } from 'vitest';
import { LineSplitter, longestLine, type BadLine } from '../../../lib/cli/input/line-splitter.js';

/** The lines of bytes that come in pieces of a size. */
function linesOf(bytes: Buffer | string, size = Infinity): (string | BadLine)[] {
  const all = Buffer.from(bytes);
  const splitter = new LineSplitter();
  const lines: (string | BadLine)[] = [];
  const takeAll = (): void => {
    for (let line = splitter.take(); line !== undefined; line = splitter.take()) lines.push(line);
  };
  for (let from = 0; from < all.length; from += size) {
    splitter.push(all.subarray(from, Math.min(all.length, from + size)));
    takeAll();
  }
  splitter.finish();
  takeAll();
  expect(splitter.number).toBe(lines.length);
  return lines;
}

describe('LineSplitter', () => {
  const text = '\ufeffhttp://a/\r\n\n  http://b/ż \n# one\ttwo\r\nhttp://c/';
  const lines = ['http://a/', '', 'http://b/ż', '# one\ttwo', 'http://c/'];

  it.each([1, 2, 3, 7, 1_000])(
    'knows LF, CRLF, a BOM, white space around, no line end at the end; in pieces of %i bytes',
    (size) => {
      expect(linesOf(text, size)).toEqual(lines);
    },
  );

  it('gives no line more for a line end at the end, and none for nothing', () => {
    expect(linesOf('a\nb\n')).toEqual(['a', 'b']);
    expect(linesOf('')).toEqual([]);
  });

  it('knows a BOM at the beginning only', () => {
    expect(linesOf('a\n\ufeffb\u200bc')).toEqual(['a', 'b\u200bc']); // white space to `trim`
    expect(linesOf('a\nx\ufeffb')).toEqual(['a', 'x\ufeffb']);
  });

  const lone = 'has a carriage return in it: a line ends with a line feed';
  it.each<[what: string, bytes: Buffer, flaw: string]>([
    ['Latin-1', Buffer.from('http://a/\xe9', 'latin1'), 'is not text in UTF-8'],
    ['a NUL', Buffer.from('http://a/\0b'), 'has control characters in it'],
    ['a tab inside', Buffer.from('http://a/\tname'), 'has control characters in it'],
    ['a lone CR inside', Buffer.from('http://a/\rhttp://b/'), lone],
    ['a lone CR inside a comment', Buffer.from('# mine\rhttp://b/'), lone],
    ['UTF-16', Buffer.from('\ufeffhttp://a/', 'utf16le'), 'is not text in UTF-8'],
  ])('tells a line with %s from text, and goes on', (_, bytes, flaw) => {
    const [first, bad, last] = linesOf(Buffer.concat([Buffer.from('1\n'), bytes, Buffer.from('\n3')]), 4);
    expect([first, last]).toEqual(['1', '3']);
    expect(bad).toMatchObject({ flaw });
  });

  it('takes U+FFFD that was written as such for text, and white space within JSON', () => {
    expect(linesOf('http://a/\ufffd\n{"a":\t1}')).toEqual(['http://a/\ufffd', '{"a":\t1}']);
  });

  it.each([1_000, 65_536, longestLine * 3])(
    'reads the longest line and skips a longer one, in pieces of %i bytes',
    (size) => {
      const [a, b, c, d] = [longestLine, longestLine + 1, 10_000_000, 1].map((length) => 'x'.repeat(length));
      expect(linesOf([a, b, c, d].join('\n'), size)).toEqual([
        a,
        { sample: 'x'.repeat(200), flaw: 'is 1048577 bytes long; the longest that is read has 1048576' },
        { sample: 'x'.repeat(200), flaw: 'is 10000000 bytes long; the longest that is read has 1048576' },
        d,
      ]);
    },
  );

  it('holds no more of a line without an end than the longest that is read', () => {
    const splitter = new LineSplitter();
    const held = (): number => {
      const { begun } = splitter as unknown as { begun: Buffer[] };
      return begun.reduce((sum, { length }) => sum + length, 0);
    };
    const most: number[] = [];
    for (let piece = 0; piece < 100; piece++) {
      splitter.push(Buffer.alloc(65_536, 'x'));
      expect(splitter.take()).toBeUndefined();
      most.push(held());
    }
    expect(Math.max(...most)).toBe(longestLine);
    expect(held()).toBe(200);
  });
});
