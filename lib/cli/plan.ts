import type { Interceptor } from '../interceptors/interceptor.js';
import { adaptive } from '../creators/adaptive.js';
import type { FetchOptions } from '../pipeline/options.js';
import { toFile } from '../sinks/to-file.js';
import { fileBytes } from './file-bytes.js';
import { nameIn, type AllGiven } from './options/given.js';
import type { Values } from './options/table.js';
import type { RunPlan } from './run-plan.js';
import type { Surroundings } from './surroundings.js';
import { purposeOf } from './state/purpose.js';
import { transportFor } from './transport.js';
import { UsageError } from './usage-error.js';

/** What a plan is made of. */
export interface Wish {
  readonly urls: readonly string[];
  readonly given: AllGiven;
  readonly values: Values;
  readonly talk: RunPlan['talk'];
}

/** The library's options of what was asked for. @throws UsageError for a file that cannot be read, or options that do not fit */
export async function planOf({ urls, given, values, talk }: Wish, around: Surroundings): Promise<RunPlan> {
  const { input = [], output, csv, warc, report, marbles, save, state, body = 'none' } = values;
  const { failFast, failOver } = values;
  const hasStdinAlone = urls.length === 0 && input.length === 0;
  const stopsAt = failFast ? 0 : failOver;
  const request = requestOf(given, values, around, { 'user-agent': agentOf(values, around) });
  return {
    inputs: { urls, files: hasStdinAlone ? ['-'] : input },
    request,
    fetch: await fetchOptions(given, values, around),
    files: {
      ...(output !== undefined && output !== '-' && { output }),
      ...(csv !== undefined && { csv }),
      ...(warc !== undefined && { warc }),
      ...(report !== undefined && { report }),
      ...(marbles !== undefined && { marbles }),
      ...(save !== undefined && { save }),
    },
    ...(state !== undefined && { state: { file: state, purpose: purposeOf(given, values, request.body) } }),
    body,
    ...(stopsAt !== undefined && { failOver: stopsAt }),
    talk,
  };
}

/** What each request has that does not say otherwise; headers of the command line go before these. @throws UsageError */
export function requestOf(
  given: AllGiven,
  values: Values,
  around: Surroundings,
  own: Readonly<Record<string, string>>,
): RunPlan['request'] {
  const { method, header = [], data } = values;
  const headers = new Map(Object.entries(own));
  const repeated = new Set<string>();
  for (const [name, value] of header) {
    const key = name.toLowerCase();
    const before = repeated.has(key) ? headers.get(key) : undefined;
    headers.set(key, before === undefined ? value : `${before}${key === 'cookie' ? '; ' : ', '}${value}`);
    repeated.add(key);
  }
  const body = data === undefined ? undefined : dataOf(data, nameIn(given, 'data'), around);
  const said = method ?? (body === undefined ? undefined : 'POST');
  return {
    ...(said !== undefined && { method: said }),
    // frozen: they are checked and listed once
    ...(headers.size > 0 && { headers: Object.freeze(Object.fromEntries(headers)) }),
    ...(body !== undefined && { body }),
  };
}

/** The text itself, or the bytes of the file behind `@`. */
function dataOf(data: string, option: string, { read }: Surroundings): string | Uint8Array {
  if (!data.startsWith('@')) return data;
  const file = data.slice(1);
  if (file === '' || file === '-') {
    throw new UsageError(
      `${option} expects a text or @FILE, got "${data}": write the name of a file behind the @`,
    );
  }
  return fileBytes(option, file, read);
}

function agentOf({ userAgent, header = [] }: Values, { version, homepage }: Surroundings): string {
  const said = userAgent ?? header.find(([name]) => name.toLowerCase() === 'user-agent')?.[1];
  return said ?? `sluice/${version}${homepage === undefined ? '' : ` (+${homepage})`}`;
}

async function fetchOptions(
  given: AllGiven,
  values: Values,
  around: Surroundings,
): Promise<FetchOptions<unknown>> {
  const { concurrency, perHost, delay, rate, timeout, deadline, acceptStatus } = values;
  const { maxBody, maxRedirects, save, privateAddresses } = values;
  const interceptors = await interceptorsOf(given, values, around);
  const transport = transportFor(given, values, around);
  return {
    ...(concurrency !== undefined && { concurrency: concurrency === 'auto' ? adaptive() : concurrency }),
    ...((perHost !== undefined || delay !== undefined) && {
      perHost: {
        ...(perHost !== undefined && { concurrency: perHost }),
        ...(delay !== undefined && { delay }),
      },
    }),
    ...(rate && { rate }),
    ...((timeout !== undefined || deadline !== undefined) && {
      timeout: {
        ...(timeout !== undefined && { attempt: timeout }),
        ...(deadline !== undefined && { total: deadline }),
      },
    }),
    ...retryOf(values),
    ...(acceptStatus && { acceptStatus }),
    ...(maxBody !== undefined && { maxBodyBytes: maxBody }),
    ...(maxRedirects !== undefined && { maxRedirects }),
    ...(save !== undefined && { sink: toFile(save, { extension: 'type' }) }),
    ...(interceptors.length > 0 && { interceptors }),
    ...(transport ? { transport } : privateAddresses !== undefined && { privateAddresses }),
  };
}

function retryOf({ retries, maxRetryAfter }: Values): Pick<FetchOptions<unknown>, 'retry'> {
  if (maxRetryAfter !== undefined) {
    return { retry: { ...(retries !== undefined && { limit: retries }), maxRetryAfter } };
  }
  return retries === undefined ? {} : { retry: retries === 0 ? false : retries };
}

/** What is not asked for is not even loaded. */
async function interceptorsOf(given: AllGiven, values: Values, around: Surroundings): Promise<Interceptor[]> {
  const interceptors: Interceptor[] = [];
  if (values.robots) {
    const { robots } = await import('../interceptors/robots/robots.js');
    const userAgent = agentOf(values, around);
    if (!/^[\w-]+(\/|\s|$)/.test(userAgent)) {
      throw new UsageError(
        `${nameIn(given, 'robots')} looks rules up by the name of the user agent, got "${userAgent}": ` +
          'begin it with a name such as ExampleBot/1.0',
      );
    }
    interceptors.push(robots({ userAgent }));
  }
  if (values.cookies) {
    const { cookies } = await import('../interceptors/cookies/cookies.js');
    interceptors.push(cookies());
  }
  return interceptors;
}
