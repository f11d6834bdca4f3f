import type { Page } from '../model/page.js';
import { decodeText } from './text.js';

/** What most pages have instead of redirects; one list for all, as it is never changed. */
export const noRedirects: readonly string[] = [];

/** A page as the transports make it. One shape and methods on the prototype: a run keeps millions of them. */
export class FetchedPage implements Page {
  constructor(
    readonly url: string,
    readonly redirects: readonly string[],
    readonly status: number,
    readonly headers: Readonly<Record<string, string | string[]>>,
    readonly body: Uint8Array,
    readonly encodedBytes: number,
  ) {}

  text(): string {
    const type = this.headers['content-type'];
    return decodeText(this.body, typeof type === 'string' ? type : type?.[0]);
  }

  json<T = unknown>(): T {
    return JSON.parse(this.text()) as T;
  }
}
