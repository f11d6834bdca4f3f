import { defaultTransport } from '#default-transport';
import { asyncScheduler, type Observable, type Observer, type SchedulerLike } from 'rxjs';
import type { CircuitOptions } from '../gate/circuit.js';
import type { HostLimits } from '../gate/host.js';
import type { Rate } from '../gate/sliding-window.js';
import { intercept } from '../interceptors/interceptor.js';
import type { FetchEvent } from '../model/event.js';
import type { Page } from '../model/page.js';
import type { FetchRequest } from '../model/request.js';
import {
  defaultTransportLimits,
  type ObservedTransport,
  type TransportLimits,
} from '../transports/transport.js';
import type { FetchOptions, TimeoutOptions } from './options.js';
import type { ProjectResult } from './project.js';
import { retryPolicy, type RetryPolicy } from './retry.js';

/** FetchOptions with every default filled in. */
export interface Settings<T, C> {
  readonly concurrency: number | Observable<number>;
  readonly rate: Rate | undefined;
  readonly perHost: HostLimits;
  /** What makes requests share the limits of a host; undefined: the origin. */
  readonly hostKey: ((request: FetchRequest) => string) | undefined;
  readonly lookahead: number;
  readonly timeout: Required<TimeoutOptions>;
  /** Whether one of connect, headers and body is limited. */
  readonly limitsPhases: boolean;
  readonly retry: RetryPolicy;
  readonly acceptStatus: (status: number) => boolean;
  readonly limits: TransportLimits;
  readonly project: ((page: Page, request: FetchRequest<C>) => ProjectResult<T>) | undefined;
  readonly transport: ObservedTransport;
  /** The transport or something around it is the caller's: it may emit twice, never, too much. */
  readonly foreign: boolean;
  readonly signals: readonly AbortSignal[];
  readonly drain: AbortSignal | undefined;
  readonly events: Partial<Observer<FetchEvent>> | undefined;
  readonly scheduler: SchedulerLike;
  readonly random: () => number;
}

const defaultCircuit: CircuitOptions = { threshold: 10, window: 10_000, cooldown: 30_000, probes: 1 };

/** Fills in the defaults; the pipeline is built from what this returns. */
export function settingsOf<T, C>(options: FetchOptions<T, C>): Settings<T, C> {
  const { timeout, interceptors = [], transport, privateAddresses } = options;
  const times: TimeoutOptions =
    typeof timeout === 'object' ? timeout : timeout === undefined ? {} : { attempt: timeout };
  const {
    connect = Infinity,
    headers = Infinity,
    body = Infinity,
    attempt = 30_000,
    total = Infinity,
  } = times;
  const retry = retryPolicy(options.retry);
  if (transport && privateAddresses) throw new TypeError('give `privateAddresses` to your `transport`');
  const base = transport ?? defaultTransport({ privateAddresses });
  return {
    concurrency: options.concurrency ?? 16,
    rate: options.rate,
    perHost: {
      concurrency: options.perHost?.concurrency ?? Infinity,
      delay: options.perHost?.delay ?? 0,
      rate: options.perHost?.rate,
      circuit: options.circuit ? { ...defaultCircuit, ...options.circuit } : undefined,
      retryShare: retry.budget,
    },
    hostKey: options.perHost?.key,
    lookahead: options.lookahead ?? 1_000,
    timeout: { connect, headers, body, attempt, total },
    limitsPhases: Math.min(connect, headers, body) < Infinity,
    retry,
    acceptStatus: options.acceptStatus ?? isSuccess,
    limits: {
      maxBodyBytes: options.maxBodyBytes ?? defaultTransportLimits.maxBodyBytes,
      maxRedirects: options.maxRedirects ?? defaultTransportLimits.maxRedirects,
      sink: options.sink,
      acceptStatus: options.acceptStatus,
    },
    project: options.project,
    transport: interceptors.length === 0 ? base : intercept(base, interceptors),
    foreign: transport !== undefined || interceptors.length > 0,
    signals: options.signal ? [options.signal] : [],
    drain: options.drain,
    events: options.events,
    scheduler: options.scheduler ?? asyncScheduler,
    random: options.random ?? Math.random,
  };
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}
