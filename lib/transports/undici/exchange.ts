import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Subscriber } from 'rxjs';
import type { Dispatcher } from 'undici';
import { FetchError, type Phase } from '../../model/fetch-error.js';
import type { Page } from '../../model/page.js';
import { isIdempotent, methodOf } from '../../model/request.js';
import { isCutShort } from '../cut-short.js';
import { FetchedPage } from '../fetched-page.js';
import { watchedHop } from '../hop-watch.js';
import { tooLarge } from '../too-large.js';
import type { AttemptContext, TransportLimits, TransportPhase } from '../transport.js';
import { afterRelease } from './after-release.js';
import { BodyChunks } from './body-chunks.js';
import { Brake } from './brake.js';
import { breakingError } from './broken-sockets.js';
import { decodeBody, mostDecoded } from './decode.js';
import { breach, cutShort, isBreach, isHangUp, undecodable } from './exchange-errors.js';
import { failureOf } from './exchange-failure.js';
import { headerList } from './header-list.js';
import { continues, isWanted, wholeReading, type Reading, type Sinking } from './reading.js';
import { follow, isRedirect, type Hop } from './redirect.js';
import { ReusedConnection } from './reused-connection.js';
import type { Route } from './routes.js';
import { whenSent } from './sent.js';
import { shareValues } from './shared-values.js';
import { SinkFeed } from './sink-feed.js';

type Controller = Dispatcher.DispatchController;
type Headers = Record<string, string | string[]>;

/** What undici is told when nobody wants the answer any more; nobody reads it. */
const unwanted = new Error('the fetch was unsubscribed');

/**
 * One request and its response, as undici's dispatch reports them: collects the body, ends its subscriber
 * exactly once, and survives every order of callbacks. It settles at once when unsubscribed: undici cannot
 * abort what has no connection yet, so the abort is remembered until the request starts.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  private controller: Controller | null = null;
  private settled = false;
  private phase: Phase = 'connect';
  private status = 0;
  private headers: Headers | null = null;
  private chunks: BodyChunks | null = null;
  private size = 0;
  /** The response has ended, or is a redirect: what still comes of it is not wanted. */
  private over = false;
  /** Where the redirect that was the answer leads. */
  private next: Hop | null = null;
  private nextReading: Reading;
  private successor: Exchange | null = null;
  private reused: ReusedConnection | undefined = undefined;
  private brake: Brake | null = null;
  private feed: SinkFeed | null = null;

  constructor(
    private route: Route,
    private readonly hop: Hop,
    private readonly limits: TransportLimits,
    private readonly attempt: AttemptContext | undefined,
    private readonly subscriber: Subscriber<Page>,
    private readonly reading: Reading,
    /** It is the second try of a request that met a stale connection. */
    private readonly again = false,
  ) {
    this.nextReading = reading;
  }

  /** Sends the request. */
  dispatch(): void {
    const { request, target } = this.hop;
    this.enter('connect');
    try {
      this.route.dispatcher.dispatch(
        {
          origin: target.origin,
          path: target.path,
          method: methodOf(request),
          headers: headerList(this.hop),
          body: request.body ?? null,
          // the pipeline times each attempt; undici's own timers tick in half seconds
          headersTimeout: 0,
          bodyTimeout: 0,
        },
        this,
      );
    } catch (error) {
      this.fail(error); // what undici finds invalid before it has a connection
    }
  }

  /** Teardown: abort what is under way. */
  unsubscribe(): void {
    this.successor?.unsubscribe();
    if (this.settled) return;
    this.settled = true;
    this.feed?.abort(unwanted);
    this.controller?.abort(unwanted); // does nothing once the response is complete
  }

  onRequestStart(controller: Controller): void {
    this.controller = controller;
    if (this.settled) {
      controller.abort(unwanted);
      return;
    }
    if (this.reading.sinking) this.brake = new Brake(controller);
    whenSent(this);
    this.enter('headers');
  }

  /** The request is being written. */
  sentOn(socket: Socket): void {
    if (this.brake) this.brake.socket = socket;
    this.reused = ReusedConnection.of(socket);
  }

  /** The method CONNECT was granted. A job never asks for that; an interceptor may. */
  onRequestUpgrade(_controller: Controller, _status: number, _headers: Headers, socket: Duplex): void {
    socket.destroy();
    this.fail(new FetchError('invalid', `${this.subject}: the answer is a tunnel, not a page`));
  }

  onResponseStart(controller: Controller, status: number, headers: Headers): void {
    if (this.settled || this.over || status < 200) return; // 1xx only announces the response
    const { maxBodyBytes, maxRedirects } = this.limits;
    if (maxRedirects > 0 && isRedirect(status)) {
      this.redirect(controller, status, headers);
      return;
    }
    const { sinking } = this.reading;
    if (sinking && !continues(sinking, status, headers)) {
      this.nextReading = wholeReading(this.reading, sinking);
      this.goOn(sinking.whole);
      return;
    }
    this.status = status;
    this.headers = shareValues(headers);
    this.attempt?.responded(status, this.hop.target.href);
    this.enter('body');
    if (endsWithHead(methodOf(this.hop.request), status)) {
      this.end();
      return;
    }
    const announced = headers['content-length'];
    if (typeof announced === 'string' && Number(announced) > maxBodyBytes) {
      this.stop(controller, tooLarge(this.subject, maxBodyBytes, `${announced} bytes announced`));
      return;
    }
    if (sinking && isWanted(this.limits, status)) this.feed = this.feedInto(sinking, headers);
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    if (this.settled || this.over) return;
    this.size += chunk.length;
    const { maxBodyBytes } = this.limits;
    if (this.size > maxBodyBytes) {
      this.stop(controller, tooLarge(this.subject, maxBodyBytes, `${this.size} bytes received so far`));
    } else if (this.feed) this.feed.push(chunk);
    else (this.chunks ??= new BodyChunks()).push(chunk);
  }

  onResponseEnd(): void {
    if (this.settled || this.over) return;
    const broken = breakingError(); // undici takes the reset of a body that ends with its connection for its end
    if (broken) this.fail(cutShort(this.subject, this.size, broken));
    else if (this.feed) {
      this.over = true;
      this.feed.end();
    } else this.end();
  }

  onResponseError(_controller: Controller | null, error: Error): void {
    if (this.over) return;
    const isCut = this.phase === 'body' && isCutShort(error);
    if (isCut) this.fail(cutShort(this.subject, this.size, error));
    else this.fail(isBreach(error) ? breach(this.subject, error) : error);
  }

  private enter(phase: TransportPhase): void {
    this.phase = phase;
    this.attempt?.enter(phase);
  }

  /** A redirect's own body has this turn to end: what has not ended then is not waited for. */
  private redirect(controller: Controller, status: number, headers: Headers): void {
    let hop: Hop;
    try {
      hop = follow(this.hop, status, headers['location'], this.limits.maxRedirects);
      hop = watchedHop(this.hop, headers, hop);
    } catch (error) {
      this.fail(error);
      controller.abort(unwanted);
      return;
    }
    this.goOn(hop);
  }

  private goOn(hop: Hop): void {
    this.over = true;
    this.next = hop;
    this.route = this.route.after(this.hop.target.origin);
    afterRelease(this);
  }

  /** The connection is free again. */
  released(): void {
    if (this.settled) return;
    if (this.next) this.follow(this.next);
    else if (this.feed) this.succeed(this.feed.page(this.headers ?? {}, this.size));
    else this.read();
  }

  private follow(hop: Hop): void {
    this.settled = true;
    this.controller?.abort(unwanted); // does nothing once the response is complete
    this.succeedBy(hop, this.nextReading, false);
  }

  private succeedBy(hop: Hop, reading: Reading, again: boolean): void {
    const { route, limits, attempt, subscriber } = this;
    this.successor = new Exchange(route, hop, limits, attempt, subscriber, reading, again);
    this.successor.dispatch();
  }

  private end(): void {
    this.over = true;
    afterRelease(this);
  }

  /** Makes the page of what has come. */
  private read(): void {
    const body = this.chunks ? this.chunks.concat() : Buffer.alloc(0);
    this.chunks = null;
    const encoding = this.headers?.['content-encoding'];
    if (encoding === undefined || body.length === 0) {
      this.succeedWith(body);
      return;
    }
    const { maxBodyBytes } = this.limits;
    const { maxRatio } = this.reading;
    const most = mostDecoded(this.size, maxRatio, maxBodyBytes);
    decodeBody(String(encoding), body, most, (error, decoded) => {
      const bounds = { maxBodyBytes, maxRatio };
      if (error) this.fail(undecodable(this.subject, bounds, this.size, String(encoding), error));
      else this.succeedWith(decoded);
    });
  }

  private feedInto(sinking: Sinking, headers: Headers): SinkFeed {
    const { hop, status, subject, reading, brake } = this;
    const { maxBodyBytes } = this.limits;
    const done = (error: Error | null): void => {
      if (error) this.sinkFailed(error);
      else afterRelease(this);
    };
    return new SinkFeed({ sinking, reading, hop, status, headers, subject, maxBodyBytes, brake, done });
  }

  /** The sink has been told, and is done with it: whoever tries again finds it as it is to be. */
  private sinkFailed(error: Error): void {
    if (this.settled) return;
    this.settled = true;
    this.subscriber.error(failureOf(error, this.subject, 'body'));
    this.controller?.abort(unwanted);
  }

  private succeedWith(body: Buffer): void {
    if (this.settled) return;
    const { target, redirects } = this.hop;
    this.succeed(new FetchedPage(target.href, redirects, this.status, this.headers ?? {}, body, this.size));
  }

  private succeed(page: Page): void {
    this.settled = true;
    const { subscriber } = this;
    subscriber.next(page);
    subscriber.complete();
  }

  private stop(controller: Controller, error: Error): void {
    this.fail(error);
    controller.abort(unwanted);
  }

  private fail(error: unknown): void {
    if (this.settled) return;
    if (this.feed) {
      this.over = true;
      this.feed.cut(failureOf(error, this.subject, 'body'));
      return;
    }
    this.settled = true;
    if (!this.again && this.isStale(error)) {
      this.succeedBy(this.hop, this.reading, true);
      return;
    }
    this.subscriber.error(failureOf(error, this.subject, this.phase));
  }

  /**
   * The server closed an idle connection while the request was on its way (RFC 9112 §9.3.1). It is asked at once once
   * more, and nobody counts that.
   */
  private isStale(error: unknown): boolean {
    if (!this.reused?.wasStale || this.phase !== 'headers') return false;
    return isHangUp(error) && isIdempotent(this.hop.request);
  }

  private get subject(): string {
    return `${methodOf(this.hop.request)} ${this.hop.target.href}`;
  }
}

/**
 * Such a response has no body, whatever length it announces: it tells how long another one's would be
 * (RFC 9110 §8.6). undici would wait for that many bytes of a 304.
 */
function endsWithHead(method: string, status: number): boolean {
  return method === 'HEAD' || status === 204 || status === 304;
}
