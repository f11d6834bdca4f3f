import { acceptedEncodings } from './decode.js';
import type { Hop } from './redirect.js';

const acceptEncoding = ['accept-encoding', acceptedEncodings];

/** Names and values in turn, as undici takes them, with what the caller left to us. */
export function headerList({ request, target }: Hop): string[] {
  const { headers } = request;
  if (headers === undefined && target.credentials === undefined) return acceptEncoding;
  const list: string[] = [];
  const given = new Set<string>();
  for (const [name, value] of Object.entries(headers ?? {})) {
    given.add(name.toLowerCase());
    if (Array.isArray(value)) for (const one of value as string[]) list.push(name, one);
    else list.push(name, value as string); // where it is none, undici says so
  }
  if (!given.has('accept-encoding')) list.push(...acceptEncoding);
  if (target.credentials !== undefined && !given.has('authorization')) {
    list.push('authorization', `Basic ${Buffer.from(target.credentials).toString('base64')}`);
  }
  return list;
}
