/** What moves a terminal's cursor or turns its text around, of what JSON leaves as it is. */
const control = /[\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** A value as JSON that a terminal can show: it means the same. */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replace(
    control,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
