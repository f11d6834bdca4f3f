import { lastValueFrom, NEVER } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import { coalesce } from '../../lib/interceptors/coalesce.js';
import { hedge } from '../../lib/interceptors/hedge.js';
import { marbles } from '../support/marbles.js';

const a = 'http://a/';
const b = 'http://b/';
const times = (count: number): string[] => Array.from({ length: count }, () => a);

describe('hedge', () => {
  it(
    'asks a second time when the first takes long; the first answer wins, the other is aborted',
    marbles(({ transport, expectResults, expectSubscriptions }) => {
      const net = transport({ [a]: ['---------(p|)', '--(p|)'] });
      const first = '   ^----!';
      const second = '  ---^-!';
      const expected = '-----(a|)';

      expectResults(fetchFrom([a], { transport: net, interceptors: [hedge({ after: 3 })] })).toBe(expected, {
        a: { ok: true, attempts: 1, duration: 5 },
      });
      expectSubscriptions(net.attempt(a, 1).subscriptions).toBe(first);
      expectSubscriptions(net.attempt(a, 2).subscriptions).toBe(second);
    }),
  );

  it(
    'aborts the second when the first answers after all',
    marbles(({ transport, expectResults, expectSubscriptions }) => {
      const net = transport({ [a]: ['----(p|)', '---------(p|)'] });

      expectResults(fetchFrom([a], { transport: net, interceptors: [hedge({ after: 3 })] })).toBe('----(a|)');
      expectSubscriptions(net.attempt(a, 1).subscriptions).toBe('^---!');
      expectSubscriptions(net.attempt(a, 2).subscriptions).toBe('---^!');
    }),
  );

  it.each([
    ['answered', '--(p|)', '--(a|)'],
    ['failed', '--#', '--(A|)'],
  ])('asks no second time when the first %s in time', (_name, answer, expected) => {
    marbles(({ transport, expectResults, flush }) => {
      const net = transport({ [a]: [answer] });
      const options = { transport: net, interceptors: [hedge({ after: 3 })], retry: false } as const;
      expectResults(fetchFrom([a], options)).toBe(expected);
      flush();
      expect(net.log).toHaveLength(1);
    })();
  });

  it(
    'takes no second slot',
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a]: ['---------(p|)', '----(p|)'], [b]: '-(p|)' });
      const options = { transport: net, concurrency: 2, interceptors: [hedge({ after: 3 })] };
      expectResults(fetchFrom([a, b, b, b], options)).toBe('-bcd---(a|)');
    }),
  );

  it(
    'aborts both when nobody wants the answer any more',
    marbles(({ transport, expectResults, expectSubscriptions }) => {
      const net = transport({ [a]: '---------(p|)' });
      const results$ = fetchFrom([a], { transport: net, interceptors: [hedge({ after: 3 })] });

      expectResults(results$, '^----!').toBe('------');
      expectSubscriptions(net.attempt(a).subscriptions).toBe(['^----!', '---^-!']);
    }),
  );

  it.each(['POST', 'PATCH'])('leaves a %s alone', (method) => {
    marbles(({ transport, expectResults, flush }) => {
      const net = transport({ [a]: ['------(p|)'] });
      const options = { transport: net, interceptors: [hedge({ after: 3 })] };
      expectResults(fetchFrom([{ url: a, method }], options)).toBe('------(a|)');
      flush();
      expect(net.log).toHaveLength(1);
    })();
  });

  it.each([
    ['the first', ['----#', '------(p|)']],
    ['the second', ['---------(p|)', '-#']],
  ])('waits for the other when %s fails', (_name, answers) => {
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a]: answers });
      const options = { transport: net, interceptors: [hedge({ after: 3 })], retry: false } as const;
      expectResults(fetchFrom([a], options)).toBe('---------(a|)', { a: { ok: true, attempts: 1 } });
    })();
  });

  it(
    'fails once when both fail',
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a]: ['-----#', '------#'] });
      const options = { transport: net, interceptors: [hedge({ after: 3 })], retry: false } as const;
      expectResults(fetchFrom([a], options)).toBe('---------(A|)', { A: { kind: 'network', attempts: 1 } });
    }),
  );

  it(
    'takes each second attempt from the retry budget of the host, and asks no second time when that is spent',
    marbles(({ transport, flush }) => {
      const net = transport({ [a]: '------(p|)' });
      const options = { transport: net, interceptors: [hedge({ after: 3 })], retry: { budget: 0 } };
      let settled = 0;
      fetchFrom(times(100), options).subscribe(({ ok }) => (settled += Number(ok)));
      flush();
      expect(settled).toBe(100);
      expect(net.log).toHaveLength(110);
    }),
  );

  it(
    'learns the time of a percentile from answers, and hedges nothing before it knows enough',
    marbles(({ transport, flush }) => {
      const answers = [...times(20).map(() => '--(p|)'), '-----------(p|)', '--(p|)'];
      const net = transport({ [a]: answers });
      const settled: number[] = [];
      const options = {
        transport: net,
        concurrency: 1,
        interceptors: [hedge({ after: { percentile: 90 } })],
      };
      fetchFrom(times(21), options).subscribe(({ duration }) => settled.push(duration));
      flush();
      // the last one: 2 ms until it is hedged, and 2 for the answer
      expect(settled).toEqual([...times(20).map(() => 2), 4]);
    }),
  );

  it(
    'of a percentile hedges nothing while fewer than ten have answered',
    marbles(({ transport, flush }) => {
      const net = transport({ [a]: [...times(9).map(() => '-(p|)'), '------(p|)'] });
      const options = {
        transport: net,
        concurrency: 1,
        interceptors: [hedge({ after: { percentile: 50 } })],
      };
      let settled = 0;
      fetchFrom(times(10), options).subscribe(({ ok }) => (settled += Number(ok)));
      flush();
      expect(settled).toBe(10);
      expect(net.log).toHaveLength(10);
    }),
  );

  it(
    'inside coalesce is one fetch, and its hedge, for all duplicates',
    marbles(({ transport, expectResults, expectSubscriptions }) => {
      const net = transport({ [a]: ['---------(p|)', '--(p|)'] });
      const options = { transport: net, interceptors: [coalesce(), hedge({ after: 3 })] };

      expectResults(fetchFrom([a, a], options)).toBe('-----(ab|)');
      expectSubscriptions(net.attempt(a, 1).subscriptions).toBe('^----!');
      expectSubscriptions(net.attempt(a, 2).subscriptions).toBe('---^-!');
    }),
  );

  it.each([
    [{ after: -1 }, '-1'],
    [{ after: NaN }, 'NaN'],
    [{ after: { percentile: 0 } }, '{ percentile: 0 }'],
    [{ after: { percentile: 100 } }, '{ percentile: 100 }'],
  ])('refuses %o when it is called', (options, received) => {
    expect(() => hedge(options)).toThrow(`got \`${received}\``);
  });

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'undefined'],
    ['no delay', {}, 'undefined'],
    ['a bare number', 30, 'undefined'],
    ['a delay below 0', { after: -1 }, '-1'],
    ['text', { after: '30' }, '30'],
    ['a misspelt percentile', { after: { percentil: 95 } }, '{ percentile: undefined }'],
    ['a percentile of 100', { after: { percentile: 100 } }, '{ percentile: 100 }'],
  ])('refuses %s in a sentence', (_, options, given) => {
    const message = 'hedge: expected `after` to be ms from 0 up or { percentile } between 0 and 100, got';
    expect(() => hedge(options as never)).toThrow(new TypeError(`${message} \`${given}\``));
  });

  it('that was not called is said to be so', async () => {
    const interceptors = [coalesce as never];
    const result = await lastValueFrom(fetchFrom(['http://a/'], { interceptors, transport: () => NEVER }));
    expect(result).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('use coalesce(), not coalesce') },
    });
  });
});
