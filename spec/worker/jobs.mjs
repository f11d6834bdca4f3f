// What the specs have done on another thread.
import { threadId } from 'node:worker_threads';

export default function double(value) {
  return value * 2;
}

export const whereAmI = () => threadId;
export const lengthOf = async (buffer) => buffer.byteLength;
export const echo = (value) => value;

/** Takes longer than whoever gives it something. */
export function slowly(value) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
  return value;
}

/** Counts itself in at `board[0]`, then blocks until `board[1]` is not 0. */
export function held({ board, value }) {
  Atomics.add(board, 0, 1);
  Atomics.notify(board, 0);
  Atomics.wait(board, 1, 0);
  return value;
}

class ParseError extends Error {
  name = 'ParseError';
  code = 'E_PARSE';
  issues = [{ line: 7 }];
  reader = () => 'no clone of this';
}

/** Ends in the way that its value says. */
export function fail(how) {
  switch (how) {
    case 'type':
      throw new TypeError('not a number');
    case 'own':
      throw new ParseError('line 7 is not closed');
    case 'cause':
      throw new Error('outer', { cause: () => 'no clone of this' });
    case 'text':
      throw 'only a text';
    case 'nothing':
      throw null;
    case 'function':
      throw () => 'no clone of this';
    case 'exit':
      return process.exit(3);
    case 'memory': {
      const eaten = [];
      for (;;) eaten.push(new Array(100_000).fill(Math.random()));
    }
    case 'stray':
      return new Promise(() => queueMicrotask(() => Promise.reject(new RangeError('nobody waits for me'))));
    case 'unclonable':
      return () => 'no clone of this';
    default:
      return how;
  }
}
