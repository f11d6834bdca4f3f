import { defer, of, type Observable, type Subscriber, Subscription } from 'rxjs';
import { FetchError } from '../../model/fetch-error.js';
import type { Page } from '../../model/page.js';
import { methodOf } from '../../model/request.js';
import type { Resumption, Sink } from '../../model/sink.js';
import { sinkError } from './exchange-errors.js';
import type { Exchange } from './exchange.js';
import { askingFor, asksForRange, type Sinking } from './reading.js';
import type { Hop } from './redirect.js';

/** Sends a request whose body goes into a sink, once the sink has said what it has. */
export function fetchInto(
  sink: Sink,
  hop: Hop,
  subscriber: Subscriber<Page>,
  exchangeOf: (hop: Hop, sinking: Sinking) => Exchange,
): Subscription {
  const { request, target } = hop;
  const subject = `${methodOf(request)} ${target.href}`;
  const subscription = new Subscription();
  if (typeof sink !== 'function') {
    subscriber.error(new FetchError('invalid', `${subject}: expected \`sink\` to be a function of the head`));
    return subscription;
  }
  const start = (had: Resumption | undefined): void => {
    const whole = had ? askingFor(hop, { ...had, headers: withoutRange(had) }) : hop;
    const asked = had ? askingFor(hop, had) : hop;
    const exchange = exchangeOf(asked, { sink, request, offset: had?.offset ?? 0, whole });
    subscription.add(exchange);
    exchange.dispatch();
  };
  if (!sink.resume || methodOf(request) !== 'GET' || asksForRange(request)) {
    start(undefined);
    return subscription;
  }
  const { resume } = sink;
  subscription.add(
    defer((): Observable<Resumption | undefined> | PromiseLike<Resumption | undefined> => {
      const had = resume(request);
      return had && 'then' in had ? had : of(had);
    }).subscribe({
      next: start,
      error: (cause: unknown) => {
        subscriber.error(sinkError(subject, cause));
      },
    }),
  );
  return subscription;
}

function withoutRange({ headers }: Resumption): Readonly<Record<string, string>> {
  const rest = Object.entries(headers).filter(([name]) => !/^(range|if-range)$/.test(name));
  return Object.fromEntries(rest);
}
