import type { FetchRequest } from '../model/request.js';

/** A header of a request by its lower-case name, whatever its letters there; several are joined as one is written. */
export function headerOf({ headers = {} }: FetchRequest, name: string): string | undefined {
  const found = Object.entries(headers)
    .filter(([given]) => given.toLowerCase() === name)
    .flatMap(([, value]) => value);
  return found.length === 0 ? undefined : found.join(name === 'cookie' ? '; ' : ', ');
}

/** The request with a header, by its lower-case name, in place of the one it has. */
export function withHeader(request: FetchRequest, name: string, value: string): FetchRequest {
  const others = Object.entries(request.headers ?? {}).filter(([given]) => given.toLowerCase() !== name);
  return { ...request, headers: { ...Object.fromEntries(others), [name]: value } };
}

const unsafe = /[^\t\x20-\x7e\x80-\xff]/;

/** Whether undici would send it. */
export function isHeaderValue(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && !unsafe.test(value);
}
