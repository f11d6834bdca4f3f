import type { FetchRequest } from '../../model/request.js';
import { isDeeper } from '../../observe/report/nesting.js';
import { nearestOf } from '../../pipeline/nearest-name.js';
import { InputRequest, type Place, type RequestDefaults } from './input-request.js';

/** Characters of a line that its record shows when there is no URL to know it by. */
const mostShown = 200;

/** Levels of a context: a deeper one could be read, but its record could not be written, and jq takes 256 at most. */
const deepest = 200;

/** The URL parser would take it all for one, and write %20: what was meant is another page, or a comment. */
const severalWords =
  'The line has white space in it: write one URL a line, a space in a URL as %20, and a comment on a line of its own';

const keys = ['url', 'method', 'headers', 'body', 'context', 'timeout'];

/**
 * What a line asks for: a URL, or a request as JSON. Undefined: nothing, it is blank or a comment.
 *
 * @param line without white space around it
 */
export function requestOfLine(
  line: string,
  defaults: RequestDefaults,
  place?: Place,
): InputRequest | undefined {
  if (line === '' || line.startsWith('#')) return undefined;
  if (!line.startsWith('{'))
    return new InputRequest(line, /\s/.test(line) ? { invalid: severalWords } : defaults, place);
  const request = requestOfJson(line, defaults);
  return new InputRequest(String(request.url), request, place);
}

function requestOfJson(line: string, defaults: RequestDefaults): FetchRequest {
  const shown = line.length > mostShown ? `${line.slice(0, mostShown)}…` : line;
  let fields: Record<string, unknown>;
  try {
    fields = JSON.parse(line) as Record<string, unknown>; // an object: it begins with {
  } catch (error) {
    return { url: shown, invalid: `The line begins with {, but is no JSON: ${(error as Error).message}` };
  }
  const { url } = fields;
  const invalid = flawOf(fields);
  if (invalid !== undefined) return { url: typeof url === 'string' ? url : shown, invalid };
  return merged(defaults, fields as unknown as FetchRequest);
}

/** What is wrong with the keys; of their values, the library says it. */
function flawOf(fields: Record<string, unknown>): string | undefined {
  const stranger = Object.keys(fields).find((key) => !keys.includes(key));
  if (stranger !== undefined) {
    const near = nearestOf(stranger, keys);
    const hint = near === undefined ? `a request has ${keys.join(', ')}` : `did you mean \`${near}\`?`;
    return `There is no key \`${stranger}\`: ${hint}`;
  }
  if (typeof fields['url'] !== 'string') return 'The request has no `url` that is a string';
  const { method, body, context } = fields;
  if (isDeeper(context, deepest)) return `Expected \`context\` to have at most ${deepest} levels`;
  if (method !== undefined && typeof method !== 'string') return 'Expected `method` to be a string';
  if (body !== undefined && typeof body !== 'string')
    return 'Expected `body` to be a string: JSON is written as one';
  return undefined;
}

function merged(defaults: RequestDefaults, own: FetchRequest): FetchRequest {
  const { body, ...others } = defaults;
  const takesBody = own.method === undefined || !/^(GET|HEAD)$/i.test(own.method);
  const headers = mergedHeaders(defaults.headers, own.headers);
  return {
    ...(own.body !== undefined && { method: 'POST' }), // as --data does
    ...others,
    ...(takesBody && body !== undefined && { body }),
    ...own,
    ...(headers !== undefined && { headers }),
  };
}

type Headers = FetchRequest['headers'];

/** The defaults, and before them its own. Names are the same whatever their case is. What is no object is the library's to refuse. */
export function mergedHeaders(defaults: Headers, own: Headers): Headers {
  if (defaults === undefined || own === undefined) return own ?? defaults;
  if (typeof own !== 'object' || (own as unknown) === null || Array.isArray(own)) return own;
  const named = new Set(Object.keys(own).map((name) => name.toLowerCase()));
  const left = Object.entries(defaults).filter(([name]) => !named.has(name.toLowerCase()));
  return { ...Object.fromEntries(left), ...own };
}
