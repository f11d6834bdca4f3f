import type { Subscriber } from 'rxjs';
import type { Page } from '../../model/page.js';
import { methodOf, type FetchRequest } from '../../model/request.js';
import { parseTarget, type Target } from '../../model/target.js';
import { FetchedPage, noRedirects } from '../fetched-page.js';
import { tooLarge } from '../too-large.js';
import type { AttemptContext, TransportLimits, TransportPhase } from '../transport.js';
import { isRedirect } from '../undici/redirect.js';
import { downgraded, fetchFailure, hiddenRedirect, noFetch, withoutLocation } from './failures.js';
import { pageHeaders, requestInit } from './headers.js';
import { readBody } from './read-body.js';

/** As much of `fetch` as is used. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** One request and its response over `fetch`. Ends its subscriber once; aborts what nobody wants any more. */
export class FetchExchange {
  private readonly abortion = new AbortController();
  private settled = false;
  private phase: TransportPhase = 'headers';

  constructor(
    private readonly request: FetchRequest,
    private readonly target: Target,
    private readonly limits: TransportLimits,
    private readonly attempt: AttemptContext | undefined,
    private readonly subscriber: Subscriber<Page>,
  ) {}

  /** Sends the request. fetch does not tell when it is connected: all the time until the head comes is `headers`. */
  send(fetch: Fetch | undefined): void {
    this.enter('headers');
    this.answer(fetch).then(
      (page) => this.succeed(page),
      (error: unknown) => this.fail(error),
    );
  }

  /** Teardown: abort what is under way. */
  unsubscribe(): void {
    if (this.settled) return;
    this.settled = true;
    this.abortion.abort();
  }

  private async answer(fetch: Fetch | undefined): Promise<Page> {
    if (typeof fetch !== 'function') throw noFetch(this.subject);
    const init = requestInit(this.request, this.target, this.limits);
    const { signal } = this.abortion;
    const response = await fetch(this.target.href, { ...init, signal });
    if (this.settled) {
      await response.body?.cancel(); // this fetch does not heed the signal
      throw new Error('the fetch was unsubscribed');
    }
    if (response.type === 'opaqueredirect') throw hiddenRedirect(this.subject);
    const { status } = response;
    if (isRedirect(status) && this.limits.maxRedirects > 0) throw withoutLocation(this.subject, status);
    const url = response.url === '' ? this.target.href : parseTarget(response.url).href;
    if (url.startsWith('http:') && this.target.href.startsWith('https:')) throw downgraded(this.subject, url);
    this.attempt?.responded(status, url);
    this.enter('body');
    const body = await this.read(response);
    const headers = pageHeaders(response.headers);
    return new FetchedPage(url, noRedirects, status, headers, body, body.length);
  }

  private read(response: Response): Promise<Uint8Array> | Uint8Array {
    if (response.body === null) return new Uint8Array();
    const { maxBodyBytes } = this.limits;
    const announced = response.headers.get('content-length');
    if (announced !== null && Number(announced) > maxBodyBytes) {
      throw tooLarge(this.subject, maxBodyBytes, `${announced} bytes announced`);
    }
    return readBody(response.body, maxBodyBytes, (size) => {
      throw tooLarge(this.subject, maxBodyBytes, `${size} bytes received so far`);
    });
  }

  private enter(phase: TransportPhase): void {
    this.phase = phase;
    this.attempt?.enter(phase);
  }

  private succeed(page: Page): void {
    if (this.settled) return;
    this.settled = true;
    this.subscriber.next(page);
    this.subscriber.complete();
  }

  private fail(error: unknown): void {
    if (this.settled) return;
    this.settled = true;
    const failure = fetchFailure(error, this.subject, this.phase, () => {
      new Request(this.target.href, requestInit(this.request, this.target, this.limits));
    });
    this.abortion.abort(); // the rest of a body that is refused
    this.subscriber.error(failure);
  }

  private get subject(): string {
    return `${methodOf(this.request)} ${this.target.href}`;
  }
}
