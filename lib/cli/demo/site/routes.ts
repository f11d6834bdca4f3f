import type { FailureKind } from '../../../model/fetch-error.js';
import { writePage, type Charset, type Coding } from './texts.js';

/** Ways in which a response goes wrong below HTTP's statuses. */
export type Fault =
  /** The request is never answered. */
  | 'hang'
  /** Half of the body comes, then nothing more. */
  | 'stall'
  /** The connection is closed before the response. */
  | 'close'
  /** The connection is reset (RST) before the response. */
  | 'reset'
  /** The connection is closed inside the body. */
  | 'cut'
  /** What comes is not HTTP. */
  | 'garbage'
  /** The body is announced as gzip and is not. */
  | 'miscoded'
  /** A body of 2 GB is announced. */
  | 'huge';

/** A 200 with a page of about `length` characters. */
export interface Write {
  readonly does: 'write';
  readonly charset: Charset;
  readonly coding: Coding;
  readonly length: number;
  readonly seed: number;
}

/** What the server does. */
export type Answer =
  | Write
  | { readonly does: 'refuse'; readonly status: number; readonly retryAfter?: number }
  /** To a path of the next host; without a Location where there is none. */
  | { readonly does: 'redirect'; readonly status: number; readonly location?: string }
  | { readonly does: 'fail'; readonly fault: Fault };

/** What a fetch gives that has at least two retries, a few seconds, and the usual limits of size and redirects. */
export type Expected =
  | {
      readonly ok: true;
      /** What the page says once it is decoded. */
      readonly text: () => string;
      /** How many attempts it takes at least. */
      readonly attempts: number;
      readonly redirects: number;
    }
  | { readonly ok: false; readonly kind: FailureKind };

/** One path of the site. */
export interface Route {
  readonly path: string;
  /** Time before the answer in ms. */
  readonly delay: number;
  readonly answer: Answer;
  /** What every other request gets, the first one included. */
  readonly first?: Answer;
  /** Which of the site's hosts; any of the first three where it is left out. */
  readonly host?: number;
}

/** A path that is handed out as one of the site's URLs. */
export interface PageRoute extends Route {
  readonly expected: Expected;
}

/** `count` of something, numbered from 0. */
export function times<T>(count: number, make: (n: number) => T): T[] {
  return Array.from({ length: count }, (_, n) => make(n));
}

const charsets: readonly Charset[] = ['utf-8', 'windows-1252', 'shift_jis'];
const codings: readonly Coding[] = ['identity', 'gzip', 'deflate', 'br'];
const lengths: readonly number[] = [100, 1_000, 5_000, 20_000];

/** An answer of 200: all charsets, codings and lengths up to 300,000 characters take turns. */
export function writes(seed: number): Write {
  const length = seed % 30 === 7 ? 300_000 : seed % 10 === 3 ? 60_000 : (lengths[seed % 4] ?? 0);
  const charset = charsets[seed % 3] ?? 'utf-8';
  const coding = codings[Math.floor(seed / 4) % 4] ?? 'identity';
  return { does: 'write', charset, coding, length, seed };
}

/** That page `seed` comes back as it was written. */
export function comesBack(seed: number, attempts = 1, redirects = 0): Expected {
  const { charset, length } = writes(seed);
  return { ok: true, text: () => writePage(charset, length, seed), attempts, redirects };
}

/** Every fifth page takes 200 to 800 ms, the others 20 to 260. */
export function delayOf(seed: number): number {
  return seed % 5 === 0 ? 200 + ((seed * 37) % 601) : 20 + ((seed * 53) % 241);
}
