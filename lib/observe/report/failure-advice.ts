import type { FailureKind } from '../../model/fetch-error.js';

/**
 * What to do about each kind of failure, in a sentence; names in backticks are those of options and fields. README's
 * table of kinds says the same.
 *
 * @example
 * const advice = (result: FetchResult) => (result.ok ? '' : failureAdvice[result.error.kind]);
 * fetchFrom(urls).subscribe((result) => console.log(result.index, advice(result)));
 */
export const failureAdvice: Readonly<Record<FailureKind, string>> = {
  invalid: 'the message says what is wrong with the input',
  blocked: 'the message says by what; set `privateAddresses` if the address is meant',
  dns: 'check the name; a failing name server is retried',
  connect: 'retried; is the server up, the port right?',
  tls: 'the message says which and what to do; an authority of yours goes to `undiciTransport({ ca })`',
  timeout: 'raise that limit of `timeout`, or lower `concurrency`',
  network: 'retried; often an overloaded server',
  protocol: "the server's fault; is it an HTTP port?",
  http: 'the status says why, and `error.page` holds the body; `acceptStatus` takes it for a success',
  redirect: 'the message names the hop; raise `maxRedirects` or ask for the target',
  'too-large': 'raise `maxBodyBytes` if you want the page',
  decode: "the server's fault",
  proxy: 'the message names the proxy and what it answered',
  'circuit-open': 'wait, or raise `circuit.threshold`; off by default',
  overflow: 'raise `maxQueued` or `concurrency`',
  cancelled: 'what was cut off is listed, so it can be fetched again',
  resource: 'retried; lower `concurrency` or raise the limit',
  project: '`error.cause` is what it threw; not retried',
  unknown: '`error.cause` may say more; tell us',
};
