import { setImmediate as turn } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { Dispatcher } from 'undici';
import { describe, expect, it } from 'vitest';
import { FetchError } from '../../../lib/model/fetch-error.js';
import type { Page } from '../../../lib/model/page.js';
import type { FetchRequest } from '../../../lib/model/request.js';
import type { ObservedTransport, TransportLimits } from '../../../lib/transports/transport.js';
import { acceptedEncodings } from '../../../lib/transports/undici/decode.js';
import { undiciTransport } from '../../../lib/transports/undici/index.js';
import { noise } from '../../support/noise.js';
import { LoggedAttempt } from '../../support/wire.js';

type Handler = Required<Dispatcher.DispatchHandler>;

/** A controller that does nothing but remember. */
class FakeController implements Dispatcher.DispatchController {
  aborted = false;
  reason: Error | null = null;
  paused = false;
  aborts = 0;

  constructor(private readonly onAbort: (reason: Error) => void = () => undefined) {}

  abort(reason: Error): void {
    this.aborts++;
    this.aborted = true;
    this.reason = reason;
    this.onAbort(reason);
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }
}

/** A dispatcher whose answers the test gives, in orders that no server can bring about. */
class FakeDispatcher extends Dispatcher {
  readonly asked: { readonly options: Dispatcher.DispatchOptions; readonly handler: Handler }[] = [];

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    this.asked.push({ options, handler: handler as Handler });
    return true;
  }
}

function fetchBy(dispatcher: Dispatcher, request: FetchRequest, limits?: Partial<TransportLimits>) {
  const attempt = new LoggedAttempt(request, limits);
  const heard: unknown[] = [];
  const transport: ObservedTransport = undiciTransport({ dispatcher });
  const subscription = transport(request, attempt).subscribe({
    next: (page: Page) => heard.push(page.text()),
    error: (error: unknown) => heard.push(error),
    complete: () => heard.push('complete'),
  });
  return { heard, attempt, subscription };
}

/** One fetch, its only handler, and a controller that fails the request when it is aborted, as undici's does. */
function fetchOne(request: Partial<FetchRequest> = {}, limits?: Partial<TransportLimits>) {
  const dispatcher = new FakeDispatcher();
  const fetched = fetchBy(dispatcher, { url: 'http://host/', ...request }, limits);
  const [{ options, handler }] = dispatcher.asked as [FakeDispatcher['asked'][0]];
  const controller: FakeController = new FakeController((reason) =>
    handler.onResponseError(controller, reason),
  );
  return { ...fetched, dispatcher, options, handler, controller };
}

/** The turns in which an exchange goes on when its response has ended. */
async function turns(): Promise<void> {
  await turn();
  await turn();
}

const text = (chunk: string): Buffer => Buffer.from(chunk);
const failure = (kind: string, more: object = {}): unknown => expect.objectContaining({ kind, ...more });

describe('an exchange', () => {
  it('turns the timers of undici off, which tick in half seconds', () => {
    expect(fetchOne().options).toMatchObject({ headersTimeout: 0, bodyTimeout: 0 });
  });

  it('asks for what it was told to', () => {
    const { options } = fetchOne({
      url: 'http://u:p@host:81/a?b#c',
      method: 'put',
      headers: { X: 'y' },
      body: 'z',
    });
    expect(options).toEqual({
      origin: 'http://host:81',
      path: '/a?b',
      method: 'PUT',
      headers: ['X', 'y', 'accept-encoding', acceptedEncodings, 'authorization', 'Basic dTpw'],
      body: 'z',
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  });

  it('takes what comes in the right order', async () => {
    const { heard, attempt, handler, controller } = fetchOne();
    handler.onRequestStart(controller, {});
    handler.onResponseStart(controller, 200, {}, 'OK');
    handler.onResponseData(controller, text('he'));
    handler.onResponseData(controller, text('ll'));
    handler.onResponseData(controller, text('o'));
    expect(heard).toEqual([]);
    handler.onResponseEnd(controller, {});
    await turns();
    expect(heard).toEqual(['hello', 'complete']);
    expect(attempt.phases).toEqual(['connect', 'headers', 'body']);
    expect(controller.aborts).toBe(0);
  });

  it('fails when dispatch itself throws', () => {
    const dispatcher = new FakeDispatcher();
    dispatcher.dispatch = () => {
      throw Object.assign(new Error('not like that'), { code: 'UND_ERR_INVALID_ARG' });
    };
    const { heard } = fetchBy(dispatcher, { url: 'http://host/' });
    expect(heard).toEqual([failure('invalid', { phase: 'connect' })]);
  });

  it('is complete when all of it happens in the call of dispatch', async () => {
    const dispatcher = new FakeDispatcher();
    const controller = new FakeController();
    dispatcher.dispatch = (_options, handler) => {
      handler.onRequestStart?.(controller, {});
      handler.onResponseStart?.(controller, 200, {}, 'OK');
      handler.onResponseData?.(controller, text('now'));
      handler.onResponseEnd?.(controller, {});
      return true;
    };
    const { heard } = fetchBy(dispatcher, { url: 'http://host/' });
    await turns();
    expect(heard).toEqual(['now', 'complete']);
    expect(controller.aborts).toBe(0);
  });

  it('fails when the request never started', () => {
    const { heard, handler } = fetchOne();
    handler.onResponseError(null as unknown as FakeController, new Error('no connection'));
    expect(heard).toEqual([
      failure('unknown', { phase: 'connect', message: 'GET http://host/: no connection' }),
    ]);
  });

  it('settles once when the error is followed by an end', () => {
    const { heard, handler, controller } = fetchOne();
    handler.onRequestStart(controller, {});
    handler.onResponseStart(controller, 200, {}, 'OK');
    handler.onResponseError(controller, new Error('first'));
    handler.onResponseData(controller, text('late'));
    handler.onResponseEnd(controller, {});
    expect(heard).toEqual([failure('unknown', { phase: 'body' })]);
  });

  it('settles once when the end is followed by an error, and by another end', async () => {
    const { heard, handler, controller } = fetchOne();
    handler.onRequestStart(controller, {});
    handler.onResponseStart(controller, 200, {}, 'OK');
    handler.onResponseEnd(controller, {});
    handler.onResponseError(controller, new Error('second'));
    handler.onResponseEnd(controller, {});
    await turns();
    expect(heard).toEqual(['', 'complete']);
  });

  it('is a page without headers or body when all that comes is an end', async () => {
    const { heard, handler, controller } = fetchOne();
    handler.onResponseEnd(controller, {});
    await turns();
    expect(heard).toEqual(['', 'complete']);
  });

  it('starts again when undici sends the request again', async () => {
    const { heard, attempt, handler, controller } = fetchOne();
    handler.onRequestStart(controller, {});
    const second = new FakeController();
    handler.onRequestStart(second, {});
    handler.onResponseStart(second, 200, {}, 'OK');
    handler.onResponseEnd(second, {});
    await turns();
    expect(heard).toEqual(['', 'complete']);
    expect(attempt.phases).toEqual(['connect', 'headers', 'headers', 'body']);
  });

  it('ignores whatever announces the response', () => {
    const { heard, attempt, handler, controller } = fetchOne();
    handler.onRequestStart(controller, {});
    for (const status of [100, 102, 103, 199])
      handler.onResponseStart(controller, status, { location: '/x' }, '');
    expect([heard, attempt.statuses, attempt.phases]).toEqual([[], [], ['connect', 'headers']]);
  });
});

describe('an exchange that was unsubscribed', () => {
  it('aborts a request that starts after that', () => {
    const { heard, attempt, subscription, handler, controller } = fetchOne();
    subscription.unsubscribe();
    expect(controller.aborts).toBe(0);
    handler.onRequestStart(controller, {});
    expect(controller.aborts).toBe(1);
    expect(heard).toEqual([]);
    expect(attempt.phases).toEqual(['connect']);
  });

  it('aborts the request once', () => {
    const { subscription, handler, controller } = fetchOne();
    handler.onRequestStart(controller, {});
    subscription.unsubscribe();
    subscription.unsubscribe();
    expect(controller.aborts).toBe(1);
    expect(controller.reason).toBeInstanceOf(Error);
  });

  it('takes no notice of anything that still comes', () => {
    const { heard, attempt, subscription, handler, controller } = fetchOne();
    handler.onRequestStart(controller, {});
    subscription.unsubscribe();
    handler.onResponseStart(controller, 200, {}, 'OK');
    handler.onResponseData(controller, text('late'));
    handler.onResponseEnd(controller, {});
    handler.onResponseError(controller, new Error('late'));
    expect(heard).toEqual([]);
    expect(attempt.phases).toEqual(['connect', 'headers']);
    expect(attempt.statuses).toEqual([]);
  });

  it('gives no page of the response that has just ended', async () => {
    const { heard, subscription, handler, controller } = fetchOne();
    handler.onRequestStart(controller, {});
    handler.onResponseStart(controller, 200, {}, 'OK');
    handler.onResponseEnd(controller, {});
    subscription.unsubscribe();
    await turns();
    expect(heard).toEqual([]);
  });

  it('follows no redirect that still comes', async () => {
    const { subscription, dispatcher, handler, controller } = fetchOne();
    handler.onRequestStart(controller, {});
    subscription.unsubscribe();
    handler.onResponseStart(controller, 302, { location: '/next' }, 'Found');
    await turns();
    expect(dispatcher.asked).toHaveLength(1);
  });

  it('does not follow the redirect that has just come', async () => {
    const { heard, subscription, dispatcher, handler, controller } = fetchOne();
    handler.onRequestStart(controller, {});
    handler.onResponseStart(controller, 302, { location: '/next' }, 'Found');
    subscription.unsubscribe();
    expect(controller.aborts).toBe(1);
    await turns();
    expect(dispatcher.asked).toHaveLength(1);
    expect(heard).toEqual([]);
  });

  it('says nothing of a large body that was being decoded', async () => {
    const decoding = fetchOne();
    const other = fetchOne();
    const body = gzipSync(noise(300_000));
    for (const { handler, controller } of [decoding, other]) {
      handler.onRequestStart(controller, {});
      handler.onResponseStart(controller, 200, { 'content-encoding': 'gzip' }, 'OK');
      handler.onResponseData(controller, body);
      handler.onResponseEnd(controller, {});
    }
    await turns(); // it has begun
    expect(decoding.heard).toEqual([]);
    decoding.subscription.unsubscribe();
    while (other.heard.length === 0) await turn();
    await turn();
    expect(other.heard).toEqual([expect.any(String), 'complete']);
    expect(decoding.heard).toEqual([]);
  });
});

describe('an exchange that is redirected', () => {
  function redirected(limits?: Partial<TransportLimits>) {
    const fetched = fetchOne({}, limits);
    fetched.handler.onRequestStart(fetched.controller, {});
    fetched.handler.onResponseStart(fetched.controller, 302, { location: '/next' }, 'Found');
    return fetched;
  }

  it('goes on when the redirect has ended', async () => {
    const { heard, dispatcher, handler, controller } = redirected();
    handler.onResponseData(controller, text('moved'));
    handler.onResponseEnd(controller, {});
    await turns();
    expect(dispatcher.asked.map(({ options }) => options.path)).toEqual(['/', '/next']);
    expect(heard).toEqual([]);
  });

  it('aborts a redirect that has not ended in its turn, and goes on', async () => {
    const { heard, dispatcher, controller } = redirected();
    await turns();
    expect(controller.aborts).toBe(1);
    expect(dispatcher.asked).toHaveLength(2);
    expect(heard).toEqual([]);
  });

  it('goes on when the redirect breaks off', async () => {
    const { heard, dispatcher, handler, controller } = redirected();
    handler.onResponseError(controller, new Error('reset'));
    await turns();
    expect(dispatcher.asked).toHaveLength(2);
    expect(heard).toEqual([]);
  });

  it('takes nothing of the redirect into the page, nor into its size', async () => {
    const { heard, dispatcher, handler, controller } = redirected({ maxBodyBytes: 10 });
    handler.onResponseData(controller, text('moved, and more than ten bytes'));
    await turns();
    const next = dispatcher.asked[1]!.handler;
    const own = new FakeController();
    next.onRequestStart(own, {});
    next.onResponseStart(own, 200, {}, 'OK');
    next.onResponseData(own, text('page'));
    handler.onResponseData(controller, text('late'));
    handler.onResponseEnd(controller, {});
    next.onResponseEnd(own, {});
    await turns();
    expect(heard).toEqual(['page', 'complete']);
  });

  it('aborts the hop under way when it is unsubscribed', async () => {
    const { heard, dispatcher, subscription } = redirected();
    await turns();
    const own = new FakeController();
    dispatcher.asked[1]!.handler.onRequestStart(own, {});
    subscription.unsubscribe();
    expect(own.aborts).toBe(1);
    expect(heard).toEqual([]);
  });

  it('aborts where it may not follow', () => {
    const { heard, handler, controller } = fetchOne();
    handler.onRequestStart(controller, {});
    handler.onResponseStart(controller, 302, { location: 'ftp://host/' }, 'Found');
    expect(heard).toEqual([failure('redirect', { status: 302 })]);
    expect(controller.aborts).toBe(1);
  });
});

describe('an exchange, through callbacks in any order', () => {
  type Call = 'start' | 'early' | 'head' | 'redirect' | 'data' | 'end' | 'error' | 'unsubscribe' | 'turn';
  const call = fc.constantFrom<Call>(
    ...(['start', 'early', 'head', 'redirect', 'data', 'end', 'error', 'unsubscribe', 'turn'] as const),
  );

  it('settles at most once, never throws, and says nothing after it was unsubscribed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(call, { maxLength: 15 }), async (calls) => {
        const { heard, subscription, dispatcher, controller } = fetchOne({}, { maxBodyBytes: 8 });
        let silentSince = -1;
        for (const name of calls) {
          const { handler } = dispatcher.asked.at(-1)!; // of the hop under way
          if (name === 'start') handler.onRequestStart(controller, {});
          if (name === 'early') handler.onResponseStart(controller, 103, {}, '');
          if (name === 'head') handler.onResponseStart(controller, 200, {}, 'OK');
          if (name === 'redirect') handler.onResponseStart(controller, 302, { location: '/next?x' }, '');
          if (name === 'data') handler.onResponseData(controller, text('12345'));
          if (name === 'end') handler.onResponseEnd(controller, {});
          if (name === 'error') handler.onResponseError(controller, new Error('broken'));
          if (name === 'turn') await turns();
          if (name === 'unsubscribe') {
            subscription.unsubscribe();
            silentSince = heard.length;
          }
        }
        await turns();
        if (silentSince !== -1) expect(heard).toHaveLength(silentSince);
        const [first, second, ...rest] = heard;
        expect(rest).toEqual([]);
        if (typeof first === 'string') expect(second).toBe('complete');
        else expect([second, first === undefined || first instanceof FetchError]).toEqual([undefined, true]);
        if (!calls.includes('end')) expect(heard).not.toContain('complete');
      }),
      { numRuns: 300 },
    );
  });
});
