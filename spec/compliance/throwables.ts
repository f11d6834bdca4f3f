import { FetchError, type FailureKind } from 'sluice';

/** Something that can be thrown, and the failure it makes when a transport fails with it. */
interface Throwable {
  readonly make: () => unknown;
  readonly kind: FailureKind;
  readonly retryable?: true;
}

/** As a second copy of the package makes one (ESM beside CJS): branded, yet no instance of our class. */
class OtherFetchError extends Error {
  readonly kind = 'network';
  constructor(readonly retryable: boolean) {
    super('from another copy of the package');
    Object.defineProperty(this, Symbol.for('sluice.FetchError'), { value: true });
  }
}

function throwing(...properties: readonly string[]): object {
  const error = new Error('its properties throw');
  for (const property of properties) {
    Object.defineProperty(error, property, {
      get() {
        throw new Error(`${property} cannot be read`);
      },
    });
  }
  return error;
}

function revoked(target: object): object {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

export const throwables = {
  'an Error': { make: () => new Error('broken'), kind: 'unknown' },
  'a reset': {
    make: () => Object.assign(new Error('x'), { code: 'ECONNRESET' }),
    kind: 'network',
    retryable: true,
  },
  'an AbortError': { make: () => new DOMException('x', 'AbortError'), kind: 'cancelled' },
  'a FetchError': { make: () => new FetchError('tls', 'x'), kind: 'tls' },
  'a retryable FetchError': {
    make: () => new FetchError('network', 'x', { retryable: true }),
    kind: 'network',
    retryable: true,
  },
  'a FetchError of another copy': { make: () => new OtherFetchError(false), kind: 'network' },
  'a retryable FetchError of another copy': {
    make: () => new OtherFetchError(true),
    kind: 'network',
    retryable: true,
  },
  'a string': { make: () => 'broken', kind: 'unknown' },
  undefined: { make: () => undefined, kind: 'unknown' },
  null: { make: () => null, kind: 'unknown' },
  'a symbol': { make: () => Symbol('broken'), kind: 'unknown' },
  'a function': { make: () => () => undefined, kind: 'unknown' },
  'an object without a prototype': { make: () => Object.create(null) as object, kind: 'unknown' },
  'an Error that cannot be read': {
    make: () => throwing('message', 'name', 'code', 'cause', 'errors', 'syscall', 'stack'),
    kind: 'unknown',
  },
  'an Error whose message is a symbol': {
    make: () => Object.assign(new Error('x'), { message: Symbol('x'), name: Symbol('y') }),
    kind: 'unknown',
  },
  'a revoked proxy': { make: () => revoked({}), kind: 'unknown' },
  'an Error of revoked errors': {
    make: () => ({ errors: revoked([]), cause: revoked({}) }),
    kind: 'unknown',
  },
} as const satisfies Record<string, Throwable>;

export type ThrowableName = keyof typeof throwables;

export const throwableNames = Object.keys(throwables) as ThrowableName[];

export function throwable(name: ThrowableName): Throwable {
  return throwables[name];
}
