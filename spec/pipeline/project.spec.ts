import { EMPTY, lastValueFrom, map, of, throwError, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import type { Page } from '../../lib/model/page.js';
import type { FetchResult } from '../../lib/model/result.js';
import type { ProjectResult } from '../../lib/pipeline/project.js';
import { page } from '../../lib/testing/index.js';
import { watched } from '../support/inputs.js';
import { marbles } from '../support/marbles.js';
import { messageOf } from '../support/records.js';

const a = 'http://a/';
const b = 'http://b/';
const transport = (): Observable<Page> => of(page(a, { body: 'text' }));

/** The one record of a pipeline whose callback returns so. */
const projected = (project: () => ProjectResult<unknown>): Promise<FetchResult<unknown>> =>
  lastValueFrom(fetchFrom([a], { transport, project }));

describe('project', () => {
  it(
    'makes the value of the record, from the page and the request with its context',
    marbles(({ transport: drawn, expectResults }) => {
      const net = drawn({ [a]: '-(p|)' });
      const inputs = [{ url: a, context: { row: 7 } }];
      const results$ = fetchFrom(inputs, {
        transport: net,
        project: ({ status, url }, { context }) => [context?.row, status, url],
      });
      expectResults(results$).toBe('-(a|)', { a: { ok: true, value: [7, 200, a] } });
    }),
  );

  it(
    'holds the slot until its value has come: slow work slows the pull',
    marbles(({ cold, transport: drawn, expectObservable, expectResults, expectSubscriptions }) => {
      const inputs = watched('ab');
      const net = drawn({ [a]: '-(p|)', [b]: '-(p|)' });
      const work = cold('     ---(v|)');
      const pulls = '     a---b---E';
      const fetchA = '    ^!';
      const fetchB = '    ----^!';
      const works = ['    -^--!', '-----^--!'];
      const expected = '  ----a---(b|)';

      expectObservable(inputs.pulls$).toBe(pulls);
      expectResults(fetchFrom(inputs, { transport: net, concurrency: 1, project: () => work })).toBe(
        expected,
        {
          a: { value: 'v', duration: 4 },
          b: { value: 'v', waited: 0 },
        },
      );
      expectSubscriptions(net.attempt(a).subscriptions).toBe(fetchA);
      expectSubscriptions(net.attempt(b).subscriptions).toBe(fetchB);
      expectSubscriptions(work.subscriptions).toBe(works);
    }),
  );

  it(
    'is unsubscribed with the pipeline',
    marbles(({ cold, transport: drawn, expectResults, expectSubscriptions }) => {
      const net = drawn({ [a]: '-(p|)' });
      const work = cold('     ---------(v|)');
      expectResults(fetchFrom([a], { transport: net, project: () => work }), '---!').toBe('----');
      expectSubscriptions(work.subscriptions).toBe('-^-!');
    }),
  );

  it(
    'gives the last of several values, when they are complete',
    marbles(({ cold, transport: drawn, expectResults }) => {
      const net = drawn({ [a]: '-(p|)' });
      const values = cold('  x-y--|');
      expectResults(fetchFrom([a], { transport: net, project: () => values })).toBe('------(a|)', {
        a: { value: 'y' },
      });
    }),
  );

  it.each<[what: string, project: () => ProjectResult<unknown>]>([
    ['a promise', () => Promise.resolve('value')],
    ['an Observable', () => of('first', 'value')],
    [
      'an async generator',
      async function* () {
        yield 'first';
        yield Promise.resolve('value');
      },
    ],
    [
      'a generator',
      function* () {
        yield 'first';
        yield 'value';
      },
    ],
  ])('may give its value later, by %s', async (_, project) => {
    expect(await projected(project)).toMatchObject({ ok: true, value: 'value' });
  });

  it.each<[what: string, value: unknown]>([
    ['a string', 'text'],
    ['an array', [1, 2, 3]],
    ['an array of promises', [Promise.resolve(1)]],
    ['a Set', new Set([1])],
    ['bytes', new Uint8Array([1, 2])],
    ['a function', () => 'not called'],
    ['null', null],
    ['undefined', undefined],
    ['false', false],
  ])('may return %s, which is the value itself', async (_, value) => {
    const result = await projected(() => value);
    expect(result).toHaveProperty('value');
    if (result.ok) expect(result.value).toBe(value);
  });

  it.each<[what: string, project: () => ProjectResult<unknown>, says: string]>([
    [
      'throws',
      () => {
        throw new TypeError('no title');
      },
      'GET http://a/: `project` threw TypeError: no title',
    ],
    ['rejects', () => Promise.reject(new Error('no disk')), 'GET http://a/: `project` threw Error: no disk'],
    ['errors', () => throwError(() => 'a string'), 'GET http://a/: `project` threw a string'],
    ['gives no value', () => EMPTY, 'completed without a value'],
    [
      'throws in a generator',
      function* () {
        yield 1;
        throw new RangeError('too far');
      },
      'GET http://a/: `project` threw RangeError: too far',
    ],
  ])('makes a failure of kind `project`, once, when it %s', async (_, project, says) => {
    const result = await projected(project);
    expect(result).toMatchObject({
      ok: false,
      attempts: 1,
      error: { kind: 'project', phase: 'project', retryable: false },
    });
    expect(messageOf(result)).toContain(says);
  });

  it('keeps what was thrown as the cause', async () => {
    const thrown = { not: 'an error' };
    const result = await projected(() => {
      throw thrown;
    });
    expect(result).toHaveProperty('error.cause', thrown);
  });

  it(
    'is not asked about pages that are not accepted',
    marbles(({ transport: drawn, expectResults }) => {
      const net = drawn({ [a]: '-(4|)' });
      const project = (): never => expect.unreachable('a 404 is no success');
      expectResults(fetchFrom([a], { transport: net, project })).toBe('-(A|)', { A: { kind: 'http' } });
    }),
  );

  it(
    'is asked once for each page, though attempts before it failed',
    marbles(({ flush, transport: drawn, expectResults }) => {
      const net = drawn({ [a]: ['-#', '-(5|)', '-(p|)'] });
      let asked = 0;
      const results$ = fetchFrom([a], { transport: net, random: () => 0, project: () => ++asked });
      expectResults(results$).toBe('---(a|)', { a: { value: 1, attempts: 3 } });
      flush();
      expect(asked).toBe(1);
    }),
  );

  it(
    'may be synchronous, slow and many: each holds its own slot',
    marbles(({ cold, transport: drawn, expectResults }) => {
      const net = drawn({ [a]: '-(p|)', [b]: '-(p|)' });
      const results$ = fetchFrom([a, b], {
        transport: net,
        project: ({ url }) =>
          cold(url === a ? '-----(v|)' : '-(v|)').pipe(map((value) => `${value} of ${url}`)),
      });
      expectResults(results$).toBe('--b---(a|)', { a: { value: `v of ${a}` }, b: { value: `v of ${b}` } });
    }),
  );
});
