import type { Page } from '../../model/page.js';
import { SunkPage } from '../fetched-page.js';
import type { Brake } from './brake.js';
import { Pour } from './pour.js';
import { offsetOf, type Reading, type Sinking } from './reading.js';
import type { Hop } from './redirect.js';

/** What a SinkFeed is told of the response. */
export interface SinkFeedSettings {
  readonly sinking: Sinking;
  readonly reading: Reading;
  readonly hop: Hop;
  readonly status: number;
  readonly headers: Record<string, string | string[]>;
  /** How the response begins the messages of its errors. */
  readonly subject: string;
  readonly maxBodyBytes: number;
  /** Stops the connection while the sink is busy. */
  readonly brake: Brake | null;
  /** The sink has taken all, or has been told why not; called once. */
  readonly done: (error: Error | null) => void;
}

/** A response's body as it goes into a sink instead of into memory. */
export class SinkFeed {
  private readonly pour: Pour;
  private sunk: unknown = undefined;

  constructor(private readonly settings: SinkFeedSettings) {
    const { sinking, reading, hop, status, headers, subject, maxBodyBytes, brake, done } = settings;
    const encoding = headers['content-encoding'];
    this.pour = new Pour({
      sink: sinking.sink,
      head: {
        request: sinking.request,
        url: hop.target.href,
        status,
        headers,
        offset: offsetOf(sinking, status),
      },
      subject,
      encoding: encoding === undefined ? undefined : String(encoding),
      maxBodyBytes,
      maxRatio: reading.maxRatio,
      ready: () => brake?.release(),
      done: (error, sunk) => {
        this.sunk = sunk;
        done(error);
      },
    });
  }

  push(chunk: Buffer): void {
    // on going on, undici hands out an empty chunk of a body that ends with its connection: pausing at it is for ever
    if (chunk.length > 0 && !this.pour.push(chunk)) this.settings.brake?.pause();
  }

  /** The body has come to its end. */
  end(): void {
    this.pour.end();
  }

  /** The response failed: the sink gets what has come of it, then is told. */
  cut(error: Error): void {
    this.pour.cut(error);
  }

  /** Nobody wants it any more. */
  abort(error: Error): void {
    this.pour.abort(error);
  }

  /** What the record says of it, once all is done. */
  page(headers: Record<string, string | string[]>, encodedBytes: number): Page {
    const { hop, status, sinking } = this.settings;
    return new SunkPage(
      hop.target.href,
      hop.redirects,
      status,
      headers,
      encodedBytes,
      sinking.sink,
      this.sunk,
    );
  }
}
