import type { Socket } from 'node:net';
import type { FailureKind } from '../../lib/model/fetch-error.js';

/** What a record is: its kind of failure, or `page`. */
export type Outcome = 'page' | FailureKind;

/** One way in which a server misbehaves. */
export interface Fault {
  /** What the record has to be; a list where the moment decides. */
  readonly outcome: Outcome | readonly Outcome[];
  /** Called with each request for it: its head has been read. */
  readonly answer: (socket: Socket) => void;
  /** The body that the page has to have. @default 'fine' */
  readonly body?: string;
  /** @default 'GET' */
  readonly method?: string;
}

export const outcomesOf = ({ outcome }: Pick<Fault, 'outcome'>): readonly Outcome[] =>
  typeof outcome === 'string' ? [outcome] : outcome;

/** Faults by their names, which are the paths of their URLs. */
export type Faults = Readonly<Record<string, Fault>>;

/** What the page of a server that behaves says. */
export const fine = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine';
const everyFewMs = 20;

type Bytes = string | Uint8Array;

/** Text is written byte by byte, as Latin-1: `\xff` is one byte. */
const bytesOf = (part: Bytes): Uint8Array => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part);

export const head = (...lines: string[]): string =>
  `HTTP/1.1 200 OK\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`;
export const withBody = (body: Bytes, ...lines: string[]): Uint8Array => {
  const bytes = bytesOf(body);
  return Buffer.concat([bytesOf(head(`Content-Length: ${bytes.length}`, ...lines)), bytes]);
};

/** Writes, and closes. */
export const thenCloses =
  (...parts: Bytes[]): Fault['answer'] =>
  (socket) => {
    socket.end(Buffer.concat(parts.map(bytesOf)));
  };

/** Writes, and resets the connection once that is on its way. */
export const thenResets =
  (...parts: Bytes[]): Fault['answer'] =>
  (socket) => {
    socket.write(Buffer.concat(parts.map(bytesOf)), () => socket.resetAndDestroy());
  };

/** Writes, and leaves the connection open. */
export const thenWaits =
  (...parts: Bytes[]): Fault['answer'] =>
  (socket) => {
    socket.write(Buffer.concat(parts.map(bytesOf)));
  };

/** Writes `first`, and then `again` as fast as it is read, for as long as there is somebody. */
export const forEver =
  (first: Bytes, again: Bytes): Fault['answer'] =>
  (socket) => {
    const once = bytesOf(again);
    const many = Buffer.concat(Array<Uint8Array>(Math.max(1, Math.floor(16_384 / once.length))).fill(once));
    const write = (): unknown => socket.writable && socket.write(many, write);
    socket.write(bytesOf(first), write);
  };

/** Writes `first`, and then `again` every few ms, for as long as there is somebody. */
export const drip =
  (first: Bytes, again: Bytes): Fault['answer'] =>
  (socket) => {
    socket.write(bytesOf(first));
    const timer = setInterval(() => socket.write(bytesOf(again)), everyFewMs);
    socket.once('close', () => {
      clearInterval(timer);
    });
  };

/** Faults of one outcome. */
export const all = (
  outcome: Fault['outcome'],
  answers: Readonly<Record<string, Fault['answer']>>,
  more: Pick<Fault, 'body' | 'method'> = {},
): Faults =>
  Object.fromEntries(Object.entries(answers).map(([name, answer]) => [name, { outcome, answer, ...more }]));
