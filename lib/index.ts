/**
 * RxJS operators for fetching many URLs. In the examples names of sluice and of RxJS are imported, and `urls` is a
 * list of URLs of yours.
 *
 * @module sluice
 */

// Starting points
export { adaptive } from './creators/adaptive.js';
export { createFetcher } from './creators/create-fetcher.js';
export { fetchFrom } from './creators/fetch-from.js';
export { fetchPage } from './creators/fetch-page.js';
export { iterate, toAsyncIterable } from './creators/async-iterable.js';
export { mergeFrom } from './creators/merge-from.js';

// Operators that fetch
export { fetchEach } from './operators/fetch-each.js';

// Operators on records
export { catchFailure } from './operators/catch-failure.js';
export { failures } from './operators/failures.js';
export { inOrder } from './operators/in-order.js';
export { mapSuccess } from './operators/map-success.js';
export { successes } from './operators/successes.js';
export { tapResult } from './operators/tap-result.js';

// Operators that join a batch
export { toBatch } from './operators/to-batch.js';
export { toBatchOrThrow } from './operators/to-batch-or-throw.js';
export { toFirstSuccess } from './operators/to-first-success.js';

// Interceptors
export { coalesce } from './interceptors/coalesce.js';
export { hedge } from './interceptors/hedge.js';

// What flows
export { FetchError, isFetchError } from './model/fetch-error.js';
export type { FetchErrorDetails, FailureKind, Phase, ResponseHead } from './model/fetch-error.js';
export type {
  FetchEvent,
  PullEvent,
  ResponseEvent,
  SettleEvent,
  StartEvent,
  WaitEvent,
} from './model/event.js';
export type { Page } from './model/page.js';
export type { FetchInput, FetchRequest } from './model/request.js';
export type { Resumption, Sink, SinkHead, SinkWriter } from './model/sink.js';
export type { FetchFailure, FetchResult, FetchSuccess, Settled } from './model/result.js';

// Options
export type { AdaptiveOptions } from './creators/adaptive.js';
export type { Fetcher, FetcherCallOptions } from './creators/create-fetcher.js';
export type { CircuitOptions } from './gate/circuit.js';
export type { Rate } from './gate/sliding-window.js';
export type { CoalesceOptions } from './interceptors/coalesce.js';
export type { HedgeOptions } from './interceptors/hedge.js';
export type { Interceptor } from './interceptors/interceptor.js';
export type {
  FetchEachOptions,
  PerHostOptions,
  QueueBound,
  FetchOptions,
  InOrderOptions,
  MergeOptions,
  TimeoutOptions,
} from './pipeline/options.js';
export type { ProjectResult } from './pipeline/project.js';
export type { Pullable } from './pipeline/pulled-source.js';
export type { RetryOptions } from './pipeline/retry.js';
export type { PrivateAddresses, Transport } from './transports/transport.js';
