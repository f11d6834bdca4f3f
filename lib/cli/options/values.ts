import { quoted, UsageError } from '../usage-error.js';

/** Makes a value of the text that an option was given. @throws Misread */
export type Reader<T> = (text: string) => T;

/** A text is not what an option expects. */
export class Misread extends Error {
  /** @param hint what to write instead, where that can be told */
  constructor(
    readonly expected: string,
    readonly hint?: string,
  ) {
    super(expected);
  }

  /** @param option as the user wrote it, such as `--timeout` */
  usageError(option: string, text: string): UsageError {
    const hint = this.hint === undefined ? '' : `: ${this.hint}`;
    return new UsageError(`${option} expects ${this.expected}, got ${quoted(text)}${hint}`);
  }
}

/** Beyond it the timers of Node fire at once: 2^31 - 1 ms. */
const longest = 2_147_483_647;
const milliseconds: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const bytes: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
};

export const anyText: Reader<string> = (text) => text;

export const someText: Reader<string> = (text) => {
  if (text === '') throw new Misread('some text');
  return text;
};

/** As JetStream takes them for names. */
export const word: Reader<string> = (text) => {
  if (!/^[\w-]+$/.test(text)) throw new Misread('a word of letters, digits, - and _');
  return text;
};

/** Such words, as the beginning of a subject. */
export const wordsWithDots: Reader<string> = (text) => {
  if (!/^[\w-]+(\.[\w-]+)*$/.test(text)) {
    throw new Misread('words of letters, digits, - and _, with dots between them');
  }
  return text;
};

/** An integer. */
export function count(least: number, most = Number.MAX_SAFE_INTEGER): Reader<number> {
  return (text) => {
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= least && number <= most) return number;
    throw new Misread(`an integer from ${least} ${most === Number.MAX_SAFE_INTEGER ? 'up' : `to ${most}`}`);
  };
}

export const countOrAuto: Reader<number | 'auto'> = (text) => {
  if (text === 'auto') return text;
  try {
    return count(1)(text);
  } catch {
    throw new Misread('an integer from 1 up, or auto');
  }
};

/** In ms, above 0. */
export const duration: Reader<number> = (text) => {
  const expected = 'a time such as 500ms, 5s, 2m or 1h';
  if (isNumber(text)) throw new Misread(expected, `add its unit, ${text}s or ${text}ms`);
  const ms = timeOf(text);
  if (ms === undefined) throw new Misread(expected);
  if (ms === 0) throw new Misread(`${expected}, and above 0`);
  return ms;
};

/** In ms, from `least` to `most`, which `range` says with units. */
export function durationWithin(least: number, most: number, range: string): Reader<number> {
  return (text) => {
    const ms = duration(text);
    if (ms >= least && ms <= most) return ms;
    throw new Misread(`a time of ${range}`);
  };
}

/** In ms, from 0 up; a number without a unit is in ms. */
export const delay: Reader<number> = (text) => {
  const ms = isNumber(text) ? timeOf(`${text}ms`) : timeOf(text);
  if (ms === undefined) throw new Misread('a number of ms, or a time such as 500ms, 5s or 2m');
  return ms;
};

function timeOf(text: string): number | undefined {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/i.exec(text) ?? [];
  const ms = Number(number) * (milliseconds[unit.toLowerCase()] ?? Number.NaN);
  if (ms > longest) throw new Misread('a time of at most 596h');
  return Number.isNaN(ms) ? undefined : ms;
}

/** In bytes, from 1 up. */
export const size: Reader<number> = (text) => {
  const expected = 'a size such as 10MB, 10MiB or 512KB';
  if (isNumber(text)) throw new Misread(expected, `add its unit, ${text}B, ${text}KB or ${text}MB`);
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)([kmg]?i?b)$/i.exec(text) ?? [];
  const total = Math.round(Number(number) * (bytes[unit.toLowerCase()] ?? Number.NaN));
  if (!(total >= 1 && Number.isSafeInteger(total))) throw new Misread(expected);
  return total;
};

/** So many within so many ms. */
export const rate: Reader<{ readonly limit: number; readonly per: number }> = (text) => {
  const expected = 'a rate such as 5/s, 300/m or 10/500ms';
  if (/^\d+$/.test(text)) throw new Misread(expected, `say per what, ${text}/s or ${text}/m`);
  const [, number = '', time = ''] = /^(\d+)\/(.+)$/.exec(text) ?? [];
  const per = timeOf(/^\d/.test(time) ? time : `1${time}`);
  const limit = Number(number);
  if (per === undefined || per === 0 || limit === 0 || !Number.isSafeInteger(limit))
    throw new Misread(expected);
  return { limit, per };
};

/** A percentage, as 0 to 1. */
export const share: Reader<number> = (text) => {
  const expected = 'a percentage from 0% to 100%';
  if (isNumber(text)) throw new Misread(expected, `write ${text}%`);
  const number = /^(\d+(?:\.\d+)?)%$/.exec(text)?.[1];
  if (number === undefined || Number(number) > 100) throw new Misread(expected);
  return Number(number) / 100;
};

/** Whether a status is one of `200-299,404`. */
export const statuses: Reader<(status: number) => boolean> = (text) => {
  const ranges = text.split(',').map((part) => {
    const [, first = '', last = first] = /^\s*(\d{3})(?:-(\d{3}))?\s*$/.exec(part) ?? [];
    const range = { from: Number(first), to: Number(last) };
    if (first === '' || range.from < 100 || range.to > 599 || range.from > range.to) {
      throw new Misread('statuses from 100 to 599 such as 200-299,404');
    }
    return range;
  });
  return (status) => ranges.some(({ from, to }) => from <= status && status <= to);
};

export function oneOf<T extends string>(...choices: readonly T[]): Reader<T> {
  return (text) => {
    const choice = choices.find((one) => one === text);
    if (choice === undefined)
      throw new Misread(`${choices.slice(0, -1).join(', ')} or ${choices.at(-1) ?? ''}`);
    return choice;
  };
}

/** One of these integers. */
export function countAmong(...choices: readonly number[]): Reader<number> {
  const read = oneOf(...choices.map(String));
  return (text) => Number(read(text));
}

/** A file whose name ends in one of these. */
export function fileEndingIn(...ends: readonly string[]): Reader<string> {
  return (text) => {
    if (ends.some((end) => text.toLowerCase().endsWith(end) && text.length > end.length)) return text;
    throw new Misread(`a file whose name ends in ${ends.join(' or ')}`);
  };
}

/** A token of RFC 9110 §5.6.2, in capitals. */
export const method: Reader<string> = (text) => {
  const expected = 'a method such as GET, HEAD or POST';
  if (!isToken(text)) throw new Misread(expected);
  if (text.toUpperCase() === 'CONNECT') throw new Misread(expected, 'for tunnels there is --proxy');
  return text.toUpperCase();
};

/** Written by whoever frames the message (RFC 9112 §6); a wrong one would break the connection. */
const framing = [
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

export const header: Reader<readonly [name: string, value: string]> = (text) => {
  const expected = 'a header such as "Accept: text/html"';
  if (/[\r\n\0]/.test(text))
    throw new Misread(`${expected}, on one line`, 'repeat the option for each header');
  const colon = text.indexOf(':');
  const name = text.slice(0, Math.max(0, colon)).trim();
  const value = text.slice(colon + 1).trim();
  if (colon === -1 || !isToken(name)) throw new Misread(expected);
  if (/[^\t\x20-\x7e\x80-\xff]/.test(value)) throw new Misread(`${expected}, of Latin-1 alone`);
  if (framing.includes(name.toLowerCase())) {
    throw new Misread(expected, `${name} is written by sluice itself, leave it out`);
  }
  return [name, value];
};

/** What the User-Agent header can hold. */
export const agent: Reader<string> = (text) => {
  if (!/^[\t\x20-\x7e\x80-\xff]+$/.test(text)) {
    throw new Misread('a name such as "ExampleBot/1.0 (+https://example.org/bot)"');
  }
  return text;
};

/** Never quotes the proxy: there may be a password in it. */
export const proxy: Reader<string> = (text) => {
  if (text === 'env') return text;
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (/^https?:/i.test(url) && URL.canParse(url)) return text;
  throw new UsageError(
    '--proxy expects the URL of an http: or https: proxy, or env: http://user:password@host:port',
  );
};

function isToken(text: string): boolean {
  return /^[\w!#$%&'*+.^`|~-]+$/.test(text);
}

function isNumber(text: string): boolean {
  return /^\d+(\.\d+)?$/.test(text);
}
