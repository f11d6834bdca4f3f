import fc from 'fast-check';
import {
  EMPTY,
  concat,
  from,
  map,
  NEVER,
  Observable,
  of,
  Subject,
  throwError,
  type OperatorFunction,
} from 'rxjs';
import {
  catchFailure,
  failures,
  FetchError,
  inOrder,
  mapSuccess,
  successes,
  tapResult,
  toBatch,
  toBatchOrThrow,
  toFirstSuccess,
  type FetchResult,
  type Page,
  type ProjectResult,
} from 'sluice';
import { page } from 'sluice/testing';
import { describe, expect, it } from 'vitest';
import { leavesNothingBehind } from '../support/leaks.js';
import { project, projectNames, type ProjectName } from './callbacks.js';
import { numRuns } from './effort.js';
import { throwable, throwableNames } from './throwables.js';
import { expectsNothingUnhandled } from './unhandled.js';
import { VirtualClock } from './virtual-clock.js';

type Result = FetchResult;

const failed = new FetchError('dns', 'no such host');

function record(index: number, ok: boolean): Result {
  const settled = {
    index,
    request: { url: `http://h/${index}`, context: index },
    attempts: 2,
    waited: 3,
    duration: 4,
  };
  return ok
    ? { ...settled, ok: true, value: page(`http://h/${index}`) }
    : { ...settled, ok: false, error: failed };
}

/** Records of a source in some order, each a success or not. */
const sources = fc.array(fc.boolean(), { maxLength: 12 }).chain((oks) =>
  fc.shuffledSubarray(
    oks.map((ok, index) => record(index, ok)),
    { minLength: oks.length },
  ),
);

interface Seen {
  readonly values: unknown[];
  readonly ends: unknown[];
}

function watch(values$: Observable<unknown>): Seen {
  const seen: Seen = { values: [], ends: [] };
  values$.subscribe({
    next: (value) => seen.values.push(value),
    error: (error) => seen.ends.push(error),
    complete: () => seen.ends.push('complete'),
  });
  return seen;
}

const operators: Readonly<Record<string, OperatorFunction<Result, unknown>>> = {
  catchFailure: catchFailure(() => 0),
  failures: failures(),
  inOrder: inOrder(),
  mapSuccess: mapSuccess(({ url }) => url),
  successes: successes(),
  tapResult: tapResult(() => undefined),
  toBatch: toBatch(),
  toBatchOrThrow: toBatchOrThrow(),
  toFirstSuccess: toFirstSuccess(),
};

describe.each(Object.keys(operators))('%s', (name) => {
  leavesNothingBehind();
  expectsNothingUnhandled();

  const operate = operators[name] as OperatorFunction<Result, unknown>;
  const batches = name.startsWith('to');

  it('ends with a source that is empty', () => {
    expect(watch(EMPTY.pipe(operate))).toEqual({ values: batches ? [[]] : [], ends: ['complete'] });
  });

  it('never ends with a source that never does', () => {
    expect(watch(NEVER.pipe(operate)).ends).toEqual([]);
  });

  it('errors with its source, and gives what came before unless it joins a batch', () => {
    const broken = new Error('the source broke');
    const error$ = throwError(() => broken);
    const source$ = concat(of(record(0, true), record(2, false), record(1, true)), error$);
    const { values, ends } = watch(source$.pipe(operate));
    if (name === 'toFirstSuccess')
      expect({ values, ends }).toEqual({ values: [record(0, true)], ends: ['complete'] });
    else if (name === 'toBatchOrThrow') expect({ values, ends }).toEqual({ values: [], ends: [failed] });
    else
      expect({ values: values.length, ends }).toEqual({
        values: batches ? 0 : watch(all$.pipe(operate)).values.length,
        ends: [broken],
      });
  });

  const all$ = of(record(0, true), record(2, false), record(1, true));

  it('lets go of its source when it is left', () => {
    const source = new Subject<Result>();
    const subscription = source.pipe(operate).subscribe({ error: () => undefined });
    source.next(record(1, false));
    expect(source.observed).toBe(name !== 'toBatchOrThrow');
    subscription.unsubscribe();
    expect(source.observed).toBe(false);
  });

  it('loses nothing and makes nothing up', () => {
    fc.assert(
      fc.property(sources, (results) => {
        const { values, ends } = watch(from(results).pipe(operate));
        const inputs = results.map(({ index }) => index).sort((a, b) => a - b);
        const ok = inputs.filter((index) => results.find((result) => result.index === index)?.ok);
        const flat = values.flat() as (Result | Page)[];
        const outputs = flat.map((value) =>
          'index' in value ? value.index : Number(value.url.split('/').at(-1)),
        );
        const wanted: Readonly<Record<string, readonly number[]>> = {
          failures: inputs.filter((index) => !ok.includes(index)),
          successes: ok,
          toBatchOrThrow: ok.length < inputs.length ? [] : inputs,
          toFirstSuccess: ok.length > 0 ? [results.find((result) => result.ok)?.index ?? -1] : inputs,
        };
        expect(outputs.sort((a, b) => a - b)).toEqual(wanted[name] ?? inputs);
        expect(ends).toEqual([name === 'toBatchOrThrow' && ok.length < inputs.length ? failed : 'complete']);
      }),
      { numRuns },
    );
  });

  it('leaves the records that it is given as they are', () => {
    const results = [record(1, false), record(0, true)];
    const copies = structuredClone(results.map(({ index, ok, request }) => ({ index, ok, request })));
    for (const result of results) Object.freeze(result);
    watch(from(results).pipe(operate));
    expect(results).toMatchObject(copies);
  });
});

describe.each(['toBatch', 'inOrder'])('%s', (name) => {
  leavesNothingBehind();

  it('puts any source into the order of its inputs', () => {
    const operate = operators[name] as OperatorFunction<Result, Result | Result[]>;
    fc.assert(
      fc.property(sources, (results) => {
        const { values } = watch(from(results).pipe(operate));
        const indices = (values.flat() as Result[]).map(({ index }) => index);
        expect(indices).toEqual(results.map((_, index) => index));
      }),
      { numRuns },
    );
  });
});

/** Operators that call the caller back; each is asked about the records it looks at. */
const calling: Readonly<
  Record<
    string,
    {
      readonly ok: boolean;
      readonly pipe: (
        callback: () => ProjectResult<unknown>,
      ) => OperatorFunction<Result, FetchResult<unknown>>;
    }
  >
> = {
  mapSuccess: { ok: true, pipe: (callback) => mapSuccess(callback) },
  catchFailure: { ok: false, pipe: (callback) => catchFailure(callback) },
};

/** Those that end; an Observable that never does keeps its record for ever. */
const ending = projectNames.filter((name) => name !== 'returns an Observable that never ends');

describe.each(Object.keys(calling))('the callback of %s', (name) => {
  leavesNothingBehind();
  expectsNothingUnhandled();

  const { ok, pipe } = calling[name] as (typeof calling)[string];

  async function resultOf(callback: ProjectName): Promise<Seen> {
    const clock = new VirtualClock();
    const fetched = page('http://h/1');
    const call = (): ProjectResult<unknown> => project(callback).call(fetched, clock);
    const seen = watch(
      of(record(0, !ok), record(1, ok), record(2, !ok)).pipe(
        pipe(call),
        map((result) => result),
      ),
    );
    await clock.run();
    return seen;
  }

  it.each(ending)('costs no other record when it %s', async (callback) => {
    const { values, ends } = await resultOf(callback);
    const results = [...(values as Result[])].sort((a, b) => a.index - b.index);
    expect(ends).toEqual(['complete']);
    expect(results.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect([results[0], results[2]]).toEqual([record(0, !ok), record(2, !ok)]);
    expect(results[1]).toMatchObject({ attempts: 2, waited: 3, duration: 4, request: { context: 1 } });
    expect(results[1]?.ok).toBe(project(callback).outcome.ok);
  });

  it.each(throwableNames)(
    'makes a failure of kind project when it throws %s, or a FetchError that is rethrown',
    async (thrown) => {
      const { values } = await resultOf(`throws ${thrown}`);
      const result = (values as Result[]).find(({ index }) => index === 1);
      const rethrown = name === 'catchFailure' && thrown.includes('FetchError');
      expect(result).toMatchObject({
        ok: false,
        error: { kind: rethrown ? throwable(thrown).kind : 'project' },
      });
    },
  );

  it('lets go of what it returned when it is left', () => {
    const later = new Subject<number>();
    const subscription = of(record(0, ok))
      .pipe(pipe(() => later))
      .subscribe();
    expect(later.observed).toBe(true);
    subscription.unsubscribe();
    expect(later.observed).toBe(false);
  });
});

describe('the callback of tapResult', () => {
  leavesNothingBehind();
  expectsNothingUnhandled();

  it.each(throwableNames)('costs its own record alone when it throws %s', (thrown) => {
    const look = ({ index }: Result): void => {
      if (index === 1) throw throwable(thrown).make();
    };
    const { values, ends } = watch(
      of(record(0, true), record(1, true), record(2, false)).pipe(tapResult(look)),
    );
    expect(ends).toEqual(['complete']);
    expect(values).toMatchObject([
      { ok: true },
      { ok: false, error: { kind: 'project' } },
      { ok: false, error: failed },
    ]);
  });
});
