import { lastValueFrom, type Observer } from 'rxjs';
import {
  fetchFrom,
  toBatch,
  type FetchEvent,
  type FetchInput,
  type FetchOptions,
  type FetchResult,
} from 'sluice';
import { undiciTransport, type UndiciTransportOptions } from 'sluice/undici';
import { onTestFinished } from 'vitest';
import { authority, selfSigned } from '../support/certificate.js';
import { startNginx, type Nginx, type NginxOptions } from '../support/nginx.js';

export const text = 'All that flows comes to the gate. '.repeat(200);
export const ca = authority('the CA of this house');
const { cert, key } = selfSigned({ issuer: ca });

/** Starts one that is gone when the test is over. */
export async function serving(options: NginxOptions): Promise<Nginx> {
  const nginx = await startNginx(options);
  onTestFinished(() => nginx.stop());
  return nginx;
}

/** One that speaks TLS, and HTTP/2 with those who ask for it. */
export function secure(rest = ''): NginxOptions {
  return {
    files: { '/a.txt': text },
    beside: { 'cert.pem': cert, 'key.pem': key },
    server: (port) =>
      `listen 127.0.0.1:${port} ssl http2; ssl_certificate cert.pem; ssl_certificate_key key.pem; ${rest}`,
  };
}

/** So many URLs of one page. */
export function urls(count: number, base: string): string[] {
  return Array.from({ length: count }, (_, n) => `${base}?${n}`);
}

/** All records of a run with connections of its own, which are not kept for long. */
export function batch(
  inputs: Iterable<FetchInput>,
  { connections, ...options }: FetchOptions & { readonly connections?: UndiciTransportOptions } = {},
): Promise<FetchResult[]> {
  const transport = undiciTransport({ keepAlive: 1_000, ...connections });
  return lastValueFrom(fetchFrom(inputs, { transport, concurrency: 64, ...options }).pipe(toBatch()));
}

export function observer(next: (event: FetchEvent) => void): Observer<FetchEvent> {
  return { next, error: () => undefined, complete: () => undefined };
}

/** What a record is, once. */
export function outcome(result: FetchResult): unknown {
  return result.ok ? result.value.status : `${result.error.kind}: ${result.error.message}`;
}

export function header(result: FetchResult | undefined, name: string): unknown {
  return result?.ok && result.value.headers[name];
}

/** How many attempts were counted in all. */
export function attemptsOf(results: readonly FetchResult[]): number {
  return results.reduce((sum, { attempts }) => sum + attempts, 0);
}

/** The values that a list has, each once. */
export function kinds<T, V>(list: readonly T[], valueOf: (each: T) => V): V[] {
  return [...new Set(list.map(valueOf))];
}
