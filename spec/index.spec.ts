import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as sluice from '../lib/index.js';

const read = (path: string): string => readFileSync(new URL(`../lib/${path}`, import.meta.url), 'utf8');

/** What lib/index.ts exports, and from where: its lines are all of one form. */
const exported = [
  ...read('index.ts').matchAll(/^export (type )?\{([^}]+)\} from '\.\/(.+)\.js';$/gm),
].flatMap(([, type, names = '', file = '']) =>
  names
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .map((name) => ({ name, isType: type !== undefined, file: `${file}.ts` })),
);

/** The docstring above an export. */
function docstringOf({ name, file }: { readonly name: string; readonly file: string }): string {
  const declared = new RegExp(
    `/\\*\\*((?:(?!\\*/)[^])*)\\*/\\nexport (?:async )?(?:function|class|const|interface|type) ${name}\\b`,
  );
  return declared.exec(read(file))?.[1] ?? '';
}

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
      'ProjectResult',
      'PullEvent',
      'Pullable',
      'QueueBound',
      'Rate',
      'ResponseEvent',
      'RetryOptions',
      'SettleEvent',
      'Settled',
      'StartEvent',
      'TimeoutOptions',
      'Transport',
      'WaitEvent',
    ]);
  });

  it('holds exports under headers, and no code', () => {
    const rest = read('index.ts')
      .replace(/^export (type )?\{[^}]+\} from '\.\/.+\.js';$/gm, '')
      .split('\n')
      .filter((line) => line !== '');
    expect(rest.filter((line) => !line.startsWith('// '))).toEqual([]);
  });
});

describe('the documentation', () => {
  const functions = exported.filter(({ name }) => [...starts, ...operators, ...interceptors].includes(name));

  it.each(exported)('of $name begins with a sentence', (entry) => {
    const [first = ''] = docstringOf(entry)
      .replace(/^\s*\*? ?/gm, '')
      .split('\n\n');
    expect(first.trim()).toMatch(/^[A-Z`{][^]*[.:]/);
  });

  it.each(functions)('of $name has an example that calls it', (entry) => {
    const [, example = ''] = docstringOf(entry).split('@example');
    expect(example).toContain(`${entry.name}(`);
  });

  const drawn = functions.filter(({ name }) => name !== 'iterate' && name !== 'adaptive'); // which never ends
  it.each(drawn)('of $name draws it in marbles', (entry) => {
    expect(docstringOf(entry)).toMatch(/```[^]*-[^]*\|[^]*```/);
  });

  const options = exported.filter(
    ({ name, file }) => name.endsWith('Options') && file.startsWith('pipeline/'),
  );

  it.each(options)('of $name says what each field means', ({ name, file }) => {
    const [, body = ''] =
      new RegExp(`export interface ${name}\\b[^{]*\\{\\n([^]*?)\\n\\}`).exec(read(file)) ?? [];
    const fields = body.split(/(?<=;\n)/).map((field) => field.trim());
    expect(fields.filter((field) => field !== '' && !/^\/\*\*[^]+\*\/\s+readonly /.test(field))).toEqual([]);
  });
});
