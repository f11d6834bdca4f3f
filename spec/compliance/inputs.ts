import type { FetchInput } from 'sluice';

/** An input of some kind, and what is to become of it. */
interface InputKind {
  readonly make: (url: string, read: () => void) => unknown;
  /** Whether it can be fetched; `either` where it says one thing first and another thing later. */
  readonly valid: true | false | 'either';
  /** RFC 9110 §9.2.2. @default true */
  readonly idempotent?: false;
  /** An `await` of it throws, so an async generator cannot give it. */
  readonly cannotBeAwaited?: true;
}

const trap = (): never => {
  throw new Error('a trap of the proxy');
};

/** Good for so many reads, then it throws. */
function spoiling(url: string, property: string, value: unknown, reads: number): object {
  let left = reads;
  return Object.defineProperty({ url }, property, {
    enumerable: true,
    configurable: true,
    get: () => (left-- > 0 ? value : trap()),
  });
}

export const inputKinds = {
  'a string': { make: (url) => url, valid: true },
  'a URL': { make: (url) => new URL(url), valid: true },
  'a request': { make: (url) => ({ url, context: { of: url } }), valid: true },
  'a request with a URL': { make: (url) => ({ url: new URL(url), method: 'head' }), valid: true },
  'a POST': { make: (url) => ({ url, method: 'POST', body: 'x' }), valid: true, idempotent: false },
  'a frozen request': {
    make: (url) => Object.freeze({ url, headers: Object.freeze({ a: ['b'] }) }),
    valid: true,
  },
  'a request without a prototype': {
    make: (url) => Object.assign(Object.create(null) as object, { url }),
    valid: true,
  },
  'a request that notices': {
    make: (url, read) => ({
      get url() {
        read();
        return url;
      },
    }),
    valid: true,
  },
  'an empty string': { make: () => '', valid: false },
  'a word': { make: () => 'nonsense', valid: false },
  'another scheme': { make: () => 'ftp://host/', valid: false },
  'a number': { make: () => 42, valid: false },
  undefined: { make: () => undefined, valid: false },
  null: { make: () => null, valid: false },
  'a symbol': { make: () => Symbol('input'), valid: false },
  'a function': { make: () => () => undefined, valid: false },
  'an empty object': { make: () => ({}), valid: false },
  'an object that cannot be printed': { make: () => Object.create(null) as object, valid: false },
  'a request without a URL': { make: () => ({ url: 5 }), valid: false },
  'a bad method': { make: (url) => ({ url, method: 'NO SPACES' }), valid: false },
  'a bad timeout': { make: (url) => ({ url, timeout: -1 }), valid: false },
  'a bad header': { make: (url) => ({ url, headers: { a: 'line\nbreak' } }), valid: false },
  'a url that throws': { make: (url) => spoiling(url, 'url', url, 0), valid: false },
  'a method that throws': { make: (url) => spoiling(url, 'method', 'GET', 0), valid: false },
  'headers that throw': { make: (url) => spoiling(url, 'headers', {}, 0), valid: false },
  'a proxy of traps': {
    make: () => new Proxy({}, { get: trap, has: trap, getPrototypeOf: trap }),
    valid: false,
    cannotBeAwaited: true,
  },
  'a proxy that cannot be read': {
    make: () => new Proxy({ url: '' }, { get: trap }),
    valid: false,
    cannotBeAwaited: true,
  },
  'a url that throws later': { make: (url) => spoiling(url, 'url', url, 1), valid: 'either' },
  'a method that throws later': { make: (url) => spoiling(url, 'method', 'GET', 1), valid: 'either' },
  'a timeout that throws later': { make: (url) => spoiling(url, 'timeout', 1_000, 1), valid: 'either' },
  'a method that turns': {
    make: (url) => {
      let reads = 0;
      return Object.defineProperty({ url }, 'method', { get: () => (reads++ === 0 ? 'GET' : 5) });
    },
    valid: 'either',
  },
} as const satisfies Record<string, InputKind>;

export type InputName = keyof typeof inputKinds;

export const inputNames = Object.keys(inputKinds) as InputName[];

export function inputKind(name: InputName): InputKind {
  return inputKinds[name];
}

/** An input of that kind; wrongly typed ones, too, as JavaScript may hand them in. */
export function makeInput(name: InputName, url: string, read: () => void = () => undefined): FetchInput {
  return inputKind(name).make(url, read) as FetchInput;
}
