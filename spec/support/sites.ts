import type { IncomingMessage, ServerResponse } from 'node:http';
import { lastValueFrom } from 'rxjs';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import type { Interceptor } from '../../lib/interceptors/interceptor.js';
import type { FetchInput } from '../../lib/model/request.js';
import type { FetchResult } from '../../lib/model/result.js';
import { toBatch } from '../../lib/operators/to-batch.js';
import type { FetchOptions } from '../../lib/pipeline/options.js';
import type { ServerOptions, TestServer } from './servers.js';
import type { Wire } from './wire.js';

/** How a site answers at a path. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A server that writes down what it is asked. */
export interface Site extends TestServer {
  /** Of each request its path and the header that was asked about: `/a id=1`. */
  readonly asked: string[];
}

/** A site of this machine: an answer for each path, `ok` where there is none, 404 for /robots.txt. */
export async function site(
  wire: Wire,
  noted: string,
  answers: Readonly<Record<string, Answer>> = {},
  options?: ServerOptions,
): Promise<Site> {
  const asked: string[] = [];
  const server = await wire.serve((request, response) => {
    const path = request.url ?? '';
    asked.push(`${path} ${String(request.headers[noted] ?? '-')}`);
    const answer = answers[path];
    if (answer) answer(request, response);
    else if (path === '/robots.txt') response.writeHead(404).end();
    else response.end('ok');
  }, options);
  return Object.assign(server, { asked });
}

/** Redirects, with headers besides. */
export const redirectTo =
  (to: string, headers: Readonly<Record<string, string | string[]>> = {}, status = 302): Answer =>
  (_request, response) => {
    response.writeHead(status, { ...headers, location: to }).end();
  };

/** Answers with headers. */
export const withHeaders =
  (headers: Readonly<Record<string, string | string[]>>, status = 200): Answer =>
  (_request, response) => {
    response.writeHead(status, headers).end('ok');
  };

/** The records of requests one after another. */
export function fetchAll(
  wire: Wire,
  inputs: readonly FetchInput[],
  interceptors: readonly Interceptor[],
  options: FetchOptions = {},
): Promise<FetchResult[]> {
  const all = { transport: wire.transport, concurrency: 1, retry: false, interceptors, ...options } as const;
  return lastValueFrom(fetchFrom(inputs, all).pipe(toBatch()));
}
