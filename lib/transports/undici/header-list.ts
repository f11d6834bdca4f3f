import type { FetchRequest } from '../../model/request.js';
import { acceptedEncodings } from './decode.js';
import type { Hop } from './redirect.js';

const acceptEncoding = ['accept-encoding', acceptedEncodings];

/** Of headers that cannot change, by their identity: many requests may share them. */
const known = new WeakMap<object, string[]>();

/** Names and values in turn, as undici takes them, with what the caller left to us. Not to be changed. */
export function headerList({ request: { headers }, target: { credentials } }: Hop): string[] {
  if (credentials !== undefined) return listOf(headers, credentials);
  if (headers === undefined) return acceptEncoding;
  const before = known.get(headers);
  if (before) return before;
  const list = listOf(headers);
  if (Object.isFrozen(headers) && !Object.values(headers).some(Array.isArray)) known.set(headers, list);
  return list;
}

function listOf(headers: FetchRequest['headers'] = {}, credentials?: string): string[] {
  const list: string[] = [];
  const given = new Set<string>();
  for (const [name, value] of Object.entries(headers)) {
    given.add(name.toLowerCase());
    if (Array.isArray(value)) for (const one of value as string[]) list.push(name, one);
    else list.push(name, value as string); // where it is none, undici says so
  }
  if (!given.has('accept-encoding')) list.push(...acceptEncoding);
  if (credentials !== undefined && !given.has('authorization')) {
    list.push('authorization', `Basic ${Buffer.from(credentials).toString('base64')}`);
  }
  return list;
}
