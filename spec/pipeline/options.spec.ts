import { NEVER, of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import { nearestOf } from '../../lib/pipeline/nearest-name.js';
import {
  checkOptions,
  circuitRules,
  optionRules,
  perHostRules,
  received,
  retryRules,
  timeoutRules,
} from '../../lib/pipeline/option-rules.js';

const noop = (): void => undefined;
const observer = { next: noop };
const { signal } = new AbortController();

/** For each option: what it takes, and what it does not. */
const values: Readonly<
  Record<string, { readonly right: readonly unknown[]; readonly wrong: readonly unknown[] }>
> = {
  concurrency: {
    right: [1, 16, 1_000, of(0), NEVER],
    wrong: [0, -1, 1.5, NaN, Infinity, '3', null, true, [], {}],
  },
  perHost: { right: [{}, { concurrency: 2 }], wrong: [2, null, noop, '2'] },
  rate: {
    right: [{ limit: 1, per: 1_000 }],
    wrong: [10, null, '5/s'],
  },
  circuit: { right: [false, {}, { threshold: 3 }], wrong: [true, 3, null, noop] },
  lookahead: { right: [0, 1, Infinity], wrong: [-1, 0.5, NaN, '1', null, of(1)] },
  timeout: {
    right: [1, 0.5, Infinity, 2 ** 40, {}, { attempt: 5 }],
    wrong: [0, -1, NaN, '5', null, false, noop],
  },
  retry: { right: [0, 5, Infinity, false, {}, { limit: 1 }], wrong: [-1, 1.5, NaN, true, '2', null, noop] },
  acceptStatus: { right: [() => true], wrong: [200, [200], null, {}] },
  maxBodyBytes: { right: [1, 5_000, Infinity], wrong: [0, -1, 1.5, NaN, '10 MiB', null] },
  maxRedirects: { right: [0, 10, Infinity], wrong: [-1, 1.5, NaN, '10', null, false] },
  privateAddresses: { right: ['allow', 'direct', 'block'], wrong: ['none', 'Block', true, null, {}] },
  sink: { right: [() => ({ write: noop, close: noop, abort: noop })], wrong: ['file', null, {}] },
  project: { right: [noop], wrong: ['text', null, {}, of(1)] },
  interceptors: { right: [[], [noop, noop]], wrong: [noop, [noop, 'cache'], {}, null] },
  transport: { right: [() => NEVER], wrong: ['undici', null, {}, of(1)] },
  signal: { right: [signal, AbortSignal.abort()], wrong: [new AbortController(), null, {}, noop, true] },
  drain: { right: [signal], wrong: [new AbortController(), null, {}, noop] },
  events: {
    right: [observer, Object.assign(noop.bind(null), observer)],
    wrong: [noop, {}, null, { next: 1 }, []],
  },
  scheduler: { right: [{ now: Date.now, schedule: noop }], wrong: [null, noop, {}, Date, 5] },
  random: { right: [Math.random], wrong: [0.5, null, {}] },
};

const parts: typeof values = {
  'timeout.connect': { right: [1, Infinity], wrong: [0, -1, NaN, '1', null, {}] },
  'timeout.headers': { right: [1, Infinity], wrong: [0, -1, NaN, '1', null, {}] },
  'timeout.body': { right: [1, Infinity], wrong: [0, -1, NaN, '1', null, {}] },
  'timeout.attempt': { right: [1, Infinity], wrong: [0, -1, NaN, '1', null, {}] },
  'timeout.total': { right: [1, Infinity], wrong: [0, -1, NaN, '1', null, {}] },
  'retry.limit': { right: [0, 1, Infinity], wrong: [-1, 0.5, NaN, '1', null, false] },
  'retry.backoff': { right: [() => 5], wrong: [5, 'exponential', null, {}] },
  'retry.on': { right: [() => true], wrong: [true, null, ['network'], {}] },
  'retry.budget': { right: [0, 0.2, Infinity], wrong: [-1, NaN, '0.2', null] },
  'perHost.concurrency': { right: [1, Infinity], wrong: [0, 1.5, NaN, '1', null] },
  'perHost.delay': { right: [0, 1.5], wrong: [-1, NaN, '1', null] },
  'perHost.rate': { right: [{ limit: 1, per: 1 }], wrong: [1, null] },
  'perHost.key': { right: [() => 'host'], wrong: ['host', null, {}] },
  'circuit.threshold': { right: [1, 10], wrong: [0, 1.5, NaN, '1', null] },
  'circuit.window': { right: [1, 0.5], wrong: [0, -1, NaN, '1', null] },
  'circuit.cooldown': { right: [1, 0.5], wrong: [0, -1, NaN, '1', null] },
  'circuit.probes': { right: [1, 2], wrong: [0, 1.5, NaN, '1', null] },
  'retry.maxRetryAfter': { right: [0, 1.5, Infinity], wrong: [-1, NaN, '1', null] },
};

/** Options with one of them, or a part of one, set. */
function optionsOf(name: string, value: unknown): object {
  const [option = '', part] = name.split('.');
  return part === undefined ? { [option]: value } : { [option]: { [part]: value } };
}

const partRules = { timeout: timeoutRules, retry: retryRules, perHost: perHostRules, circuit: circuitRules };

const ruleOf = (name: string): string | undefined => {
  const [option = '', part] = name.split('.');
  const rules: Readonly<Record<string, { readonly rule: string }>> =
    part === undefined ? optionRules : partRules[option as keyof typeof partRules];
  return rules[part ?? option]?.rule;
};

const all = Object.entries({ ...values, ...parts });

describe('the table of options', () => {
  it('is tried here to its last row', () => {
    expect(Object.keys(values).sort()).toEqual(Object.keys(optionRules).sort());
    const names = Object.entries(partRules).flatMap(([option, rules]) =>
      Object.keys(rules).map((name) => `${option}.${name}`),
    );
    expect(Object.keys(parts).sort()).toEqual(names.sort());
  });

  it.each(
    Object.entries({ ...optionRules, ...timeoutRules, ...retryRules, ...perHostRules, ...circuitRules }),
  )('says what `%s` must be', (_, rule) => {
    expect(rule.rule).not.toBe('');
  });

  it.each(all.flatMap(([name, { right }]) => right.map((value) => ({ name, value }))))(
    'takes $value for `$name`',
    ({ name, value }) => {
      expect(() => {
        checkOptions('caller', optionsOf(name, value));
      }).not.toThrow();
    },
  );

  it.each(all)('takes undefined for `%s`, which leaves the default', (name) => {
    expect(() => {
      checkOptions('caller', optionsOf(name, undefined));
    }).not.toThrow();
  });

  it.each(all.flatMap(([name, { wrong }]) => wrong.map((value) => ({ name, value, got: received(value) }))))(
    'refuses $got for `$name` in a sentence that names the option, its rule and what it got',
    ({ name, value, got }) => {
      const check = (): void => {
        checkOptions('caller', optionsOf(name, value));
      };
      expect(check).toThrow(TypeError);
      expect(check).toThrow(new TypeError(`caller: expected \`${name}\` to be ${ruleOf(name)}, got ${got}`));
    },
  );
});

describe('a rate', () => {
  it.each<[string, object, string]>([
    ['a limit of 0', { limit: 0, per: 1 }, 'rate.limit` to be an integer from 1 up, got `0` (number)'],
    ['no time', { limit: 1, per: 0 }, 'rate.per` to be a number of ms above 0, got `0` (number)'],
    [
      'endless time',
      { limit: 1, per: Infinity },
      'rate.per` to be a number of ms above 0, got `Infinity` (number)',
    ],
    ['time as text', { limit: 1, per: '1s' }, 'rate.per` to be a number of ms above 0, got "1s" (string)'],
    ['a limit alone', { limit: 1 }, 'rate` to be an object of `limit` and `per`, got no `per`'],
    ['nothing', {}, 'rate` to be an object of `limit` and `per`, got no `limit`'],
  ])('with %s is refused by the name of its part', (_, rate, message) => {
    const ofAll = (): void => checkOptions('caller', { rate });
    const ofHosts = (): void => checkOptions('caller', { perHost: { rate } });
    expect(ofAll).toThrow(new TypeError(`caller: expected \`${message}`));
    expect(ofHosts).toThrow(new TypeError(`caller: expected \`perHost.${message}`));
  });

  it('with another name for a part is refused with the names there are', () => {
    expect(() => fetchFrom([], { rate: { limit: 1, interval: 1 } as never })).toThrow(
      new TypeError('fetchFrom: there is no option `rate.interval`; the options are limit, per'),
    );
  });
});

describe('a name that is no option', () => {
  it.each([
    ['concurency', 'concurrency'],
    ['Concurrency', 'concurrency'],
    ['timeOut', 'timeout'],
    ['timeouts', 'timeout'],
    ['acceptStatuses', 'acceptStatus'],
    ['maxBodySize', 'maxBodyBytes'],
    ['maxRedirect', 'maxRedirects'],
    ['interceptor', 'interceptors'],
    ['signals', 'signal'],
    ['event', 'events'],
    ['schedular', 'scheduler'],
  ])('is refused with the one that was probably meant: `%s`', (name, meant) => {
    expect(() => fetchFrom([], { [name]: 1 })).toThrow(
      new TypeError(`fetchFrom: there is no option \`${name}\`; did you mean \`${meant}\`?`),
    );
  });

  it('is refused with all names when none is near', () => {
    expect(() => fetchFrom([], { colour: 'red' } as object)).toThrow(
      `fetchFrom: there is no option \`colour\`; the options are ${Object.keys(optionRules).join(', ')}`,
    );
  });

  it('is refused among the parts of timeout and retry, too', () => {
    expect(() => fetchFrom([], { timeout: { header: 1 } as object })).toThrow(
      'fetchFrom: there is no option `timeout.header`; did you mean `timeout.headers`?',
    );
    expect(() => fetchFrom([], { retry: { limits: 1 } as object })).toThrow(
      'fetchFrom: there is no option `retry.limits`; did you mean `retry.limit`?',
    );
    expect(() => fetchFrom([], { retry: { jitter: 'full' } as object })).toThrow(
      'fetchFrom: there is no option `retry.jitter`; the options are limit, backoff, maxRetryAfter',
    );
  });

  it('is refused where a plain object has a property of that name', () => {
    expect(() => fetchFrom([], JSON.parse('{"constructor": 1}') as object)).toThrow(
      'no option `constructor`',
    );
    expect(() => fetchFrom([], JSON.parse('{"__proto__": 1}') as object)).toThrow('no option `__proto__`');
  });
});

describe('options that are none', () => {
  it.each([
    [null, 'null'],
    [5, '`5` (number)'],
    ['fast', '"fast" (string)'],
    [noop, 'a function'],
  ])('are refused: %s', (options, got) => {
    expect(() => fetchFrom([], options as object)).toThrow(
      new TypeError(`fetchFrom: expected options to be an object, got ${got}`),
    );
  });
});

describe('received', () => {
  it.each([
    [undefined, 'undefined'],
    [null, 'null'],
    [0, '`0` (number)'],
    [10n, '`10` (bigint)'],
    [true, '`true` (boolean)'],
    [Symbol('s'), '`Symbol(s)` (symbol)'],
    ['a "b"', '"a \\"b\\"" (string)'],
    [[1, 2], 'an array of 2'],
    [{}, 'an object (Object)'],
    [new URL('http://a/'), 'an object (URL)'],
    [Object.create(null), 'an object (no prototype)'],
    [noop, 'a function'],
  ])('names a value and its type: %s', (value, text) => {
    expect(received(value)).toBe(text);
  });
});

describe('nearestOf', () => {
  it('finds the name with the fewest letters to change', () => {
    expect(nearestOf('signl', ['single', 'signal'])).toBe('signal');
    expect(nearestOf('exactly', ['exactly', 'exact'])).toBe('exactly');
    expect(nearestOf('', ['ab'])).toBe('ab');
  });

  it('finds none that is too far away', () => {
    expect(nearestOf('colour', ['concurrency', 'timeout'])).toBeUndefined();
    expect(nearestOf('anything', [])).toBeUndefined();
  });
});
