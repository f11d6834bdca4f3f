import { createHash } from 'node:crypto';
import { defaultTransportLimits } from '../../transports/transport.js';
import type { AllGiven } from '../options/given.js';
import { longName } from '../options/option.js';
import type { OptionKey, Values } from '../options/table.js';

/** What a run is for, by name: a state file is gone on with by runs of the same purpose alone. */
export type Purpose = ReadonlyMap<string, string>;

/**
 * The options that decide what is fetched and what its record holds. Left out is what decides when, how quickly and by
 * which way, how often it is tried, and where records go: who goes on with a run may have reasons to change that.
 */
const deciding: readonly OptionKey[] = [
  'body',
  'save',
  'maxBody',
  'maxRedirects',
  'method',
  'userAgent',
  'cookies',
  'robots',
  'privateAddresses',
  'acceptStatus',
];

/** Whether an option is given as what it is without: that makes no difference. */
const isDefault: Partial<Record<OptionKey, (values: Values) => boolean>> = {
  body: ({ body }) => body === 'none',
  maxBody: ({ maxBody }) => maxBody === defaultTransportLimits.maxBodyBytes,
  maxRedirects: ({ maxRedirects }) => maxRedirects === defaultTransportLimits.maxRedirects,
  method: ({ method, data }) => method === (data === undefined ? 'GET' : 'POST'),
  privateAddresses: ({ privateAddresses }) => privateAddresses === 'direct',
  acceptStatus: ({ acceptStatus }) => acceptStatus !== undefined && takesSuccessesAlone(acceptStatus),
};

function takesSuccessesAlone(isAccepted: (status: number) => boolean): boolean {
  for (let status = 100; status < 600; status++) {
    if (isAccepted(status) !== (status >= 200 && status < 300)) return false;
  }
  return true;
}

/** Headers that are secret, and renewed from time to time: that there is one counts, and what it says is not even kept. */
export const secretHeaders: ReadonlySet<string> = new Set(['authorization', 'cookie', 'proxy-authorization']);

/** @param data the bytes of --data */
export function purposeOf(given: AllGiven, values: Values, data: string | Uint8Array | undefined): Purpose {
  const { header = [], warc } = values;
  const headers = header.map(([name, value]) => {
    const key = name.toLowerCase();
    return secretHeaders.has(key) ? key : `${key}: ${value}`;
  });
  return new Map([
    ...deciding.flatMap((key): [string, string][] => {
      const texts = given.get(key)?.texts;
      return texts && isDefault[key]?.(values) !== true ? [[longName(key), texts.at(-1) ?? present]] : [];
    }),
    ...(headers.length > 0 ? ([['--header', digestOf(headers.join('\n'))]] as const) : []),
    ...(data === undefined ? [] : ([['--data', digestOf(data)]] as const)),
    ...(warc === undefined ? [] : ([['--warc', present]] as const)), // its pages have to be kept
  ]);
}

const present = 'given';
const digestMark = 'sha256:';

/** What may be secret, or is too long, is known by its digest. */
export function digestOf(bytes: string | Uint8Array): string {
  return marked(createHash('sha256').update(bytes).digest('hex'));
}

/** A digest as it stands in a purpose. */
export function marked(hex: string): string {
  return digestMark + hex;
}

/**
 * In what a run that is asked for differs from the one that a file was begun by, as a list to be read.
 *
 * @param titles what is said in place of a name of what is asked for
 */
export function belongsElsewhere(
  known: Purpose,
  asked: Purpose,
  titles: ReadonlyMap<string, string> = new Map(),
): string | undefined {
  const names = new Set([...known.keys(), ...asked.keys()]);
  const list = [...names].flatMap((name) => {
    const [was, is] = [known.get(name), asked.get(name)];
    const title = is === undefined ? name : (titles.get(name) ?? name);
    return was === is ? [] : [difference(title, was, is)];
  });
  return list.length === 0 ? undefined : list.join('; ');
}

function difference(name: string, was: string | undefined, is: string | undefined): string {
  if (was === undefined) return `it had no ${name}`;
  if (is === undefined) return `it had ${isShown(was) ? `${name} ${was}` : name}, which is missing now`;
  return isShown(was) && isShown(is)
    ? `${name} was ${was}, and is ${is} now`
    : `${name} is not what it was then`;
}

function isShown(value: string): boolean {
  return value !== present && !value.startsWith(digestMark);
}
