import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as sluice from '../lib/index.js';

const read = (path: string): string => readFileSync(new URL(`../lib/${path}`, import.meta.url), 'utf8');

/** What lib/index.ts exports: its lines are all of one form. */
const exported = [...read('index.ts').matchAll(/^export (type )?\{([^}]+)\} from '\.\/.+\.js';$/gm)].flatMap(
  ([, type, names = '']) =>
    names
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '')
      .map((name) => ({ name, isType: type !== undefined })),
);

const starts = [
  'adaptive',
  'createFetcher',
  'fetchFrom',
  'fetchPage',
  'iterate',
  'mergeFrom',
  'toAsyncIterable',
];
const operators = [
  'catchFailure',
  'failures',
  'fetchEach',
  'inOrder',
  'mapSuccess',
  'successes',
  'tapResult',
  'toBatch',
  'toBatchOrThrow',
  'toFirstSuccess',
];

const interceptors = ['coalesce', 'hedge'];

describe('the main entry', () => {
  it('exports every public name and nothing else', () => {
    expect(Object.keys(sluice).sort()).toEqual(
      [...starts, ...operators, ...interceptors, 'FetchError', 'isFetchError'].sort(),
    );
    for (const [name, value] of Object.entries(sluice)) expect(value, name).toBeTypeOf('function');
  });

  it('exports every public type and nothing else', () => {
    const types = exported.filter(({ isType }) => isType).map(({ name }) => name);
    expect(types.sort()).toEqual([
      'AdaptiveOptions',
      'CircuitOptions',
      'CoalesceOptions',
      'FailureKind',
      'FetchEachOptions',
      'FetchErrorDetails',
      'FetchEvent',
      'FetchFailure',
      'FetchInput',
      'FetchOptions',
      'FetchRequest',
      'FetchResult',
      'FetchSuccess',
      'Fetcher',
      'FetcherCallOptions',
      'HedgeOptions',
      'InOrderOptions',
      'Interceptor',
      'MergeOptions',
      'Page',
      'PerHostOptions',
      'Phase',
      'PrivateAddresses',
      'ProjectResult',
      'PullEvent',
      'Pullable',
      'QueueBound',
      'Rate',
      'ResponseEvent',
      'ResponseHead',
      'Resumption',
      'RetryOptions',
      'SettleEvent',
      'Settled',
      'Sink',
      'SinkHead',
      'SinkWriter',
      'StartEvent',
      'TimeoutOptions',
      'Transport',
      'WaitEvent',
    ]);
  });

  it('holds exports under headers, and no code', () => {
    const rest = read('index.ts')
      .replace(/^\/\*\*[^]*?\*\/$/m, '')
      .replace(/^export (type )?\{[^}]+\} from '\.\/.+\.js';$/gm, '')
      .split('\n')
      .filter((line) => line !== '');
    expect(rest.filter((line) => !line.startsWith('// '))).toEqual([]);
  });
});
