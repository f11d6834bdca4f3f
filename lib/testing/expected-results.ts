import { inspect } from 'node:util';
import type { FailureKind, Phase } from '../model/fetch-error.js';
import type { FetchResult } from '../model/result.js';
import { received } from '../pipeline/option-rules.js';
import { complaint, isSameFrame, type Mark } from './drawing.js';

/** What is expected of a record; what is left out is not compared. */
export interface ExpectedResult {
  /** Position of the input in its source, from 0. */
  readonly index?: number;
  /** Whether it is a success. */
  readonly ok?: boolean;
  /** The URL of its request, as text. */
  readonly url?: string;
  /** The caller's own, of its request. */
  readonly context?: unknown;
  /** Of a success: the page, or what `project` made of it. */
  readonly value?: unknown;
  /** Of a failure: the kind of its error. */
  readonly kind?: FailureKind;
  /** Of a failure: the phase of its error. */
  readonly phase?: Phase;
  /** Of a failure: the HTTP status. */
  readonly status?: number;
  /** Attempts started. */
  readonly attempts?: number;
  /** Time at the gate in ms. */
  readonly waited?: number;
  /** Time from the first start to the record in ms. */
  readonly duration?: number;
}

/** What letters stand for. */
export type ExpectedResults = Readonly<Record<string, ExpectedResult>>;

/** Whether two values are equal, as the test runner sees it. */
export type Equal = (actual: unknown, expected: unknown) => boolean;

/** What came out of a pipeline, and when: a record, the end, or an error. */
export type Notice = { readonly frame: number } & (
  | { readonly kind: 'record'; readonly record: ExpectedResult; readonly failed: string | undefined }
  | { readonly kind: 'end' }
  | { readonly kind: 'error'; readonly error: unknown }
);

/**
 * What of a record can be compared.
 * @throws TypeError for what is no record
 */
export function summaryOf<T, C>(result: FetchResult<T, C>): ExpectedResult {
  const given: unknown = result;
  if (typeof given !== 'object' || given === null || !('request' in given)) {
    throw new TypeError(
      `expectResults compares records, got ${received(given)}: for what comes after \`toBatch\` or \`map\` there is expectObservable`,
    );
  }
  const { index, ok, request, attempts, waited, duration } = result;
  const { url, context } = request;
  const common = { index, ok, url: String(url), context, attempts, waited, duration };
  if (result.ok) return { ...common, value: result.value };
  const { kind, phase, status } = result.error;
  return { ...common, kind, ...(phase && { phase }), ...(status !== undefined && { status }) };
}

/** Why there is no value, in a sentence. */
export function reasonOf<T, C>(result: FetchResult<T, C>): string | undefined {
  if (result.ok) return undefined;
  const { kind, message, cause } = result.error;
  const because = cause instanceof Error && !message.includes(cause.message) ? ` (${cause.message})` : '';
  return `a failure of kind '${kind}': ${message}${because}`;
}

/** A drawing of results, and how it differs from what was seen. */
export class ExpectedNotices {
  private readonly meanings: ReadonlyMap<string, ExpectedResult>;

  /**
   * @param marks of the diagram
   * @param error undefined: any error will do for `#`
   * @throws TypeError where the diagram and `expected` do not fit together
   */
  constructor(
    private readonly marks: readonly Mark[],
    expected: ExpectedResults,
    private readonly error: unknown,
    private readonly equal: Equal,
  ) {
    const letters = new Set(marks.map(({ mark }) => mark).filter((mark) => mark !== '|' && mark !== '#'));
    for (const [letter, meaning] of Object.entries(expected)) checkMeaning(letter, meaning, letters);
    this.meanings = new Map(
      [...letters].map((letter) => [letter, { ...usualMeaning(letter, expected), ...expected[letter] }]),
    );
  }

  /** Undefined where all is as drawn; else both diagrams, the first difference marked and told. */
  complaint(seen: readonly Notice[]): string | undefined {
    const most = Math.max(seen.length, this.marks.length);
    for (let position = 0; position < most; position++) {
      const differences = this.differences(seen[position], this.marks[position]);
      if (differences.length === 0) continue;
      const drawn = seen.map((notice, at) => this.drawn(notice, this.marks[at]?.mark));
      return complaint('The results are not as drawn:', this.marks, drawn, position, differences);
    }
    return undefined;
  }

  private differences(notice: Notice | undefined, drawn: Mark | undefined): readonly string[] {
    if (!isSameFrame(notice?.frame, drawn?.frame) || kindOf(drawn) !== notice?.kind) {
      return [
        `expected  ${drawn ? `${drawn.mark} at ${drawn.frame} ms` : 'nothing more'}`,
        `got       ${notice ? `${sentenceOf(notice)} at ${notice.frame} ms` : nothingMore}`,
      ];
    }
    if (notice?.kind === 'record') {
      const fields = this.differingFields(notice.record, drawn?.mark);
      return fields.length > 0 && notice.failed !== undefined
        ? [...fields, `it is ${notice.failed}`]
        : fields;
    }
    if (notice?.kind !== 'error' || this.error === undefined) return [];
    return this.equal(notice.error, this.error) ? [] : [differing('the error', this.error, notice.error)];
  }

  private differingFields(record: ExpectedResult, letter = ''): string[] {
    const meaning = this.meanings.get(letter) ?? {};
    return (Object.keys(meaning) as (keyof ExpectedResult)[])
      .filter((field) => !this.equal(record[field], meaning[field]))
      .map((field) => differing(`${letter}: ${field}`, meaning[field], record[field]));
  }

  /** What was seen, by the letter that is drawn in its place if that fits, else another that fits, else its own. */
  private drawn(notice: Notice, inItsPlace: string | undefined): Mark {
    const { frame, kind } = notice;
    if (kind !== 'record') return { frame, mark: kind === 'end' ? '|' : '#' };
    const fits = (letter: string): boolean => this.differingFields(notice.record, letter).length === 0;
    const letters = [...this.meanings.keys()];
    const first = letters.find((letter) => letter === inItsPlace && fits(letter));
    return { frame, mark: first ?? letters.find(fits) ?? letterOf(notice.record) };
  }
}

const nothingMore = 'nothing more (a promise would not be waited for: time is virtual)';

const fields = [
  'index',
  'ok',
  'url',
  'context',
  'value',
  'kind',
  'phase',
  'status',
  'attempts',
  'waited',
  'duration',
];

/** @throws TypeError for what would be compared with nothing, and pass */
function checkMeaning(letter: string, meaning: ExpectedResult, letters: ReadonlySet<string>): void {
  const other = letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase();
  if (!letters.has(letter) && letters.has(other)) {
    throw new TypeError(
      `\`toBe\` was told what \`${letter}\` is, but its diagram has \`${other}\`: a small letter is a success, a capital a failure`,
    );
  }
  for (const field of Object.keys(meaning)) {
    if (fields.includes(field)) continue;
    throw new TypeError(
      `\`toBe\` was told the \`${field}\` of \`${letter}\`, which is not compared; there are ${fields.join(', ')}`,
    );
  }
}

function kindOf(drawn: Mark | undefined): Notice['kind'] | undefined {
  if (!drawn) return undefined;
  return drawn.mark === '|' ? 'end' : drawn.mark === '#' ? 'error' : 'record';
}

/** A letter's input is its place in the alphabet; a small one succeeds, a capital fails. */
function usualMeaning(letter: string, expected: ExpectedResults): ExpectedResult {
  if (/[a-z]/i.test(letter)) {
    const index = letter.toLowerCase().charCodeAt(0) - 'a'.charCodeAt(0);
    return { index, ok: letter === letter.toLowerCase() };
  }
  if (expected[letter]) return {};
  throw new TypeError(
    `\`${letter}\` is not a letter from a to z: tell \`toBe\` in its second argument what it is, such as { '${letter}': { index: 30 } }`,
  );
}

/** @returns `?` past the 26th input */
function letterOf({ index = 0, ok }: ExpectedResult): string {
  if (index >= 26) return '?';
  const letter = String.fromCharCode('a'.charCodeAt(0) + index);
  return ok === true ? letter : letter.toUpperCase();
}

function sentenceOf(notice: Notice): string {
  if (notice.kind === 'end') return 'the end';
  if (notice.kind === 'error') return `the error ${show(notice.error)}`;
  const { url = '' } = notice.record;
  return `${letterOf(notice.record)}, ${notice.failed ?? `a success, of ${url}`}`;
}

const differing = (what: string, expected: unknown, actual: unknown): string =>
  `${what}: expected ${show(expected)}, got ${show(actual)}`;

function show(value: unknown): string {
  return inspect(value, { depth: 4, breakLength: Infinity, maxArrayLength: 20, maxStringLength: 200 });
}
