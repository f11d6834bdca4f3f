import type { Page } from '../model/page.js';
import type { Sink } from '../model/sink.js';
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

/** A page whose body has gone into a sink. */
export class SunkPage extends FetchedPage {
  constructor(
    url: string,
    redirects: readonly string[],
    status: number,
    headers: Readonly<Record<string, string | string[]>>,
    encodedBytes: number,
    /** What it went into. */
    readonly sink: Sink | undefined,
    readonly sunk: unknown,
  ) {
    super(url, redirects, status, headers, nothing, encodedBytes);
  }
}

const nothing = new Uint8Array();
