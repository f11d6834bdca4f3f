import type { CircuitOptions } from '../gate/circuit.js';
import type { FetchOptions, PerHostOptions, QueueBound, TimeoutOptions } from './options.js';
import type { RetryOptions } from './retry.js';

/**
 * The default and the unit of each option, as the documents say them: README's tables are tested against this, and
 * this against what the pipeline does. Apart from the rules, as no program needs it.
 */
type Docs<O> = Readonly<Record<keyof O, readonly [preset: string, unit: string]>>;

export const optionDocs: Docs<FetchOptions> = {
  concurrency: ['16', 'attempts'],
  perHost: ['none', ''],
  rate: ['none', 'starts per ms'],
  circuit: ['false', ''],
  lookahead: ['1,000', 'inputs'],
  timeout: ['30,000', 'ms'],
  retry: ['2', 'attempts'],
  acceptStatus: ['200–299', ''],
  maxBodyBytes: ['10 MiB', 'bytes'],
  maxRedirects: ['10', 'hops'],
  privateAddresses: ['direct', ''],
  sink: ['none', ''],
  project: ['the page itself', ''],
  interceptors: ['none', ''],
  transport: ['undici or fetch', ''],
  signal: ['none', ''],
  drain: ['none', ''],
  events: ['none', ''],
  scheduler: ['real time', ''],
  random: ['Math.random', ''],
};

export const timeoutDocs: Docs<TimeoutOptions> = {
  connect: ['Infinity', 'ms'],
  headers: ['Infinity', 'ms'],
  body: ['Infinity', 'ms'],
  attempt: ['30,000', 'ms'],
  total: ['Infinity', 'ms'],
};

export const retryDocs: Docs<RetryOptions> = {
  limit: ['2', 'attempts'],
  backoff: ['exponential, full jitter', 'ms'],
  maxRetryAfter: ['60,000', 'ms'],
  on: ['temporary failures of idempotent methods', ''],
  budget: ['0.2', 'share of traffic'],
};

export const perHostDocs: Docs<PerHostOptions> = {
  concurrency: ['Infinity', 'attempts'],
  delay: ['0', 'ms'],
  rate: ['none', 'starts per ms'],
  key: ['the origin', ''],
};

export const circuitDocs: Docs<CircuitOptions> = {
  threshold: ['10', 'failures'],
  window: ['10,000', 'ms'],
  cooldown: ['30,000', 'ms'],
  probes: ['1', 'attempts'],
};

export const queueDocs: Docs<QueueBound> = {
  maxQueued: ['Infinity', 'inputs'],
  overflow: ['drop-newest', ''],
};
