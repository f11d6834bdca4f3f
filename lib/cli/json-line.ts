/**
 * Of what JSON leaves as it is: what moves a terminal's cursor or turns its text around. Of what it escapes: halves of a
 * surrogate pair, at which other readers give up (RFC 8259 §8.2); a backslash that is one is no escape.
 */
const unfit = /[\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|\\(?:\\|ud[89a-f][0-9a-f]{2})/g;

/** A value as JSON that every reader takes and a terminal can show. */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replace(unfit, fit);
}

function fit(found: string): string {
  if (found === '\\\\') return found;
  if (found.startsWith('\\')) return '\uFFFD';
  return `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
