import type { Page } from '../model/page.js';
import { FetchedPage, noRedirects } from '../transports/fetched-page.js';

/** What a made-up page may say of itself. */
export interface PageInit {
  /** HTTP status code. @default 200 */
  readonly status?: number;
  /** Response headers under lower-case names. @default {} */
  readonly headers?: Readonly<Record<string, string | string[]>>;
  /** Decoded body; a string is encoded as UTF-8. @default '' */
  readonly body?: string | Uint8Array;
  /** The URLs that redirected to it, first one first. @default [] */
  readonly redirects?: readonly string[];
}

/**
 * A page without a fetch.
 *
 * @example
 * page('http://a/', { status: 503, headers: { 'retry-after': '2' } });
 */
export function page(url: string, init: PageInit = {}): Page {
  const { status = 200, headers = {}, body = '', redirects = noRedirects } = init;
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  return new FetchedPage(url, redirects, status, headers, bytes, bytes.length);
}
