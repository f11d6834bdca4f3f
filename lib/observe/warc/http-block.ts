import { STATUS_CODES } from 'node:http';
import { methodOf, type FetchRequest } from '../../model/request.js';
import type { Target } from '../../model/target.js';

type Headers = Readonly<Record<string, string | readonly string[]>>;

/** They say how the body came over the wire; it is written decoded. */
const ofTheWire: ReadonlySet<string> = new Set(['content-encoding', 'transfer-encoding', 'content-length']);

/** An archive is handed around: it names nobody's password. */
const secret: ReadonlySet<string> = new Set(['authorization', 'proxy-authorization', 'cookie']);

/**
 * The head of a response in HTTP/1.1 (RFC 9112 §4), as readers of archives expect it: with the length of the decoded
 * body, and what the server said of the coded one under `x-orig-` names.
 *
 * @param bytes of the body; undefined where none belongs to it, as with HEAD, and its headers are to stay
 */
export function responseHead(status: number, headers: Headers, bytes: number | undefined): Buffer {
  const lines = [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`];
  for (const [name, value] of pairsOf(headers)) {
    const isKept = bytes === undefined || !ofTheWire.has(name.toLowerCase()) || value === String(bytes);
    lines.push(headerLine(isKept ? name : `x-orig-${name}`, value));
  }
  const isSaid = bytes === undefined || lines.includes(headerLine('content-length', String(bytes)));
  if (!isSaid) lines.push(headerLine('content-length', String(bytes)));
  return blockOf(lines);
}

/** The head of a request as the pipeline was given it: what it adds itself is not known here. */
export function requestHead(request: FetchRequest, { origin, path }: Target, bytes: number): Buffer {
  const lines = [`${oneToken(methodOf(request))} ${oneLine(path)} HTTP/1.1`];
  const pairs = pairsOf(request.headers ?? {}).filter(([name]) => !secret.has(name.toLowerCase()));
  const given = new Set(pairs.map(([name]) => name.toLowerCase()));
  if (!given.has('host')) lines.push(headerLine('host', new URL(origin).host));
  lines.push(...pairs.map(([name, value]) => headerLine(name, value)));
  if (bytes > 0 && !given.has('content-length')) lines.push(headerLine('content-length', String(bytes)));
  return blockOf(lines);
}

function pairsOf(headers: Headers): [name: string, value: string][] {
  return Object.entries(headers).flatMap(([name, value]) => {
    const values = typeof value === 'string' ? [value] : value;
    return values.map((one): [string, string] => [name, one]);
  });
}

function headerLine(name: string, value: string): string {
  return `${oneToken(name)}: ${oneLine(value)}`;
}

/** Headers have come byte by byte as text, and go back; one that never came so is written as UTF-8. */
function blockOf(lines: readonly string[]): Buffer {
  return Buffer.concat(
    [...lines, ''].map((line) => Buffer.from(`${line}\r\n`, isLatin1(line) ? 'latin1' : 'utf8')),
  );
}

function isLatin1(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- all that a byte can be
  return /^[\x00-\xff]*$/.test(text);
}

/** Without what would end the line: a header is no place for another one. */
export function oneLine(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what it is about
  return text.replace(/[\x00-\x08\x0a-\x1f\x7f]+/g, ' ').trim();
}

/** RFC 9110 §5.6.2. */
function oneToken(text: string): string {
  return text.replace(/[^!#$%&'*+\-.^_`|~0-9a-z]+/gi, '-') || '-';
}
