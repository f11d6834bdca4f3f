import { NEVER, of, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import { FetchError } from '../../lib/model/fetch-error.js';
import { marbles, page, type MarbleHelpers } from '../../lib/testing/index.js';
import { records } from '../support/records.js';

const a = 'http://a/';
const b = 'http://b/';

/** A pipeline with a success at 2 and a failure at 4. */
const pair = ({ transport }: MarbleHelpers): ReturnType<typeof fetchFrom> =>
  fetchFrom([a, b], { transport: transport({ [a]: '--(p|)', [b]: '----(4|)' }) });

/** Runs a body that draws a diagram; tells whether its drawing was found wrong. */
function isWrong(body: (helpers: MarbleHelpers) => void): boolean {
  try {
    marbles(body)();
    return false;
  } catch {
    return true;
  }
}

describe('marbles', () => {
  it(
    'a waiting retry holds no slot',
    marbles(({ transport, expectResults }) => {
      const net = transport({ 'http://a/': ['-#', '-(p|)'], 'http://b/': '-(p|)' }); // one diagram an attempt
      expectResults(
        fetchFrom(['http://a/', 'http://b/'], {
          transport: net,
          concurrency: 1,
          retry: { limit: 1, backoff: () => 5 },
        }),
      ).toBe('--b----(a|)');
    }),
  );

  it('gives a test function: nothing runs before it is called', () => {
    let runs = 0;
    const test = marbles(() => {
      runs++;
    });
    expect(runs).toBe(0);
    test();
    test();
    expect(runs).toBe(2);
  });

  it('passes what the body throws on', () => {
    const test = marbles(() => {
      throw new Error('from the body');
    });
    expect(test).toThrow('from the body');
  });

  it('compares with the function it is given', () => {
    const compared: [actual: unknown, expected: unknown][] = [];
    marbles(
      (actual, expected) => compared.push([actual, expected]),
      ({ cold, expectObservable }) => {
        expectObservable(cold('-x|')).toBe('-y|');
      },
    )();
    expect(compared).toHaveLength(1);
    expect(compared[0]?.[0]).toMatchObject([{ frame: 1, notification: { value: 'x' } }, { frame: 2 }]);
    expect(compared[0]?.[1]).toMatchObject([{ frame: 1, notification: { value: 'y' } }, { frame: 2 }]);
  });

  it('takes a function that returns whether two values are equal, too', () => {
    const never = marbles(
      () => false,
      ({ cold, expectObservable }) => {
        expectObservable(cold('-x|')).toBe('-y|');
      },
    );
    expect(never).toThrow('Expected');
    const evenSo = marbles(
      () => false,
      ({ cold, expectObservable }) => {
        expectObservable(cold('-x|')).toBe('-x|');
      },
    );
    expect(evenSo).toThrow('the comparison that marbles() was given says that they differ');
  });

  it.each(['expectObservable', 'expectResults', 'expectEvents', 'expectSubscriptions'] as const)(
    'does not let %s pass that is told nothing',
    (name) => {
      const test = marbles((helpers) => {
        const expectation = helpers[name] as (seen: unknown) => unknown;
        expectation(name === 'expectSubscriptions' ? [] : NEVER);
      });
      expect(test).toThrow(`${name}(…) was called without .toBe(…): it would pass whatever happens`);
    },
  );

  it('refuses an async body: its promises would be kept after the test', () => {
    const test = marbles(async () => Promise.reject(new Error('too late')));
    expect(test).toThrow('The body of marbles() is async');
  });

  it('makes signals that abort where they are drawn to', () => {
    marbles(({ abortSignal, scheduler, transport, expectResults }) => {
      const net = transport({ [a]: '---------(p|)' });
      expectResults(fetchFrom([a, b], { transport: net, concurrency: 1, signal: abortSignal('----!') })).toBe(
        '----(A|)',
        { A: { kind: 'cancelled' } },
      );
      expectResults(fetchFrom([a, b], { transport: net, concurrency: 1, drain: abortSignal('1ms !') })).toBe(
        '---------(a|)',
      );
      expect(abortSignal('!').aborted).toBe(true);
      const never = abortSignal('-');
      scheduler.schedule(() => {
        expect(never.aborted).toBe(false);
      }, 100);
    })();
  });

  it('says what was expected and what was seen when it compares itself', () => {
    const test = marbles(({ cold, expectObservable }) => {
      expectObservable(cold('-x|')).toBe('-y|');
    });
    expect(test).toThrow(/^Expected\n[^]*'y'[^]*\ngot\n[^]*'x'/);
  });

  it('has the helpers of RxJS, in virtual time, and its scheduler', () => {
    marbles((helpers) => {
      const { cold, hot, time, expectObservable, expectSubscriptions, scheduler } = helpers;
      const source = cold('-x|');
      expect(time('---|')).toBe(3);
      expectObservable(source).toBe('-x|');
      expectSubscriptions(source.subscriptions).toBe('^-!');
      expectObservable(hot('-^x|')).toBe('-x|');
      scheduler.schedule(() => {
        expect(scheduler.frame).toBe(7);
        expect(scheduler.now()).toBe(7);
      }, 7);
    })();
  });
});

describe('expectResults', () => {
  it('takes a letter for the input at its place in the alphabet, a capital for its failure', () => {
    expect(
      isWrong((helpers) => {
        helpers.expectResults(pair(helpers)).toBe('--a-(B|)');
      }),
    ).toBe(false);
  });

  it.each([
    ['a record too early', '---a(B|)'],
    ['a record too late', '-a--(B|)'],
    ['another input', '--b-(B|)'],
    ['a failure for a success', '--A-(B|)'],
    ['a success for a failure', '--a-(b|)'],
    ['a record that does not come', '--a-(Bc|)'],
    ['a record that was not drawn', '--a-|'],
    ['no completion', '--a-B'],
    ['an error', '--a-(B#)'],
    ['nothing', ''],
  ])('finds %s to be wrong', (_, diagram) => {
    expect(
      isWrong((helpers) => {
        helpers.expectResults(pair(helpers)).toBe(diagram);
      }),
    ).toBe(true);
  });

  it.each([
    [{ index: 0, ok: true, url: a, attempts: 1, waited: 0, duration: 2, value: page(a) }, false],
    [{}, false],
    [{ url: a }, false],
    [{ index: 1 }, true],
    [{ ok: false }, true],
    [{ url: b }, true],
    [{ attempts: 2 }, true],
    [{ waited: 1 }, true],
    [{ duration: 3 }, true],
    [{ value: 'another' }, true],
    [{ kind: 'http' as const }, true],
    [{ phase: 'body' as const }, true],
  ])('compares what a letter is said to be, and no more: %j', (expected, wrong) => {
    const body = (helpers: MarbleHelpers): void => {
      helpers.expectResults(pair(helpers)).toBe('--a-(B|)', { a: expected });
    };
    expect(isWrong(body)).toBe(wrong);
  });

  it.each([
    [{ kind: 'http' as const, phase: 'body' as const, attempts: 1 }, false],
    [{ kind: 'network' as const }, true],
    [{ phase: 'headers' as const }, true],
    [{ value: 'none' }, true],
  ])('knows kind and phase of a failure: %j', (expected, wrong) => {
    const body = (helpers: MarbleHelpers): void => {
      helpers.expectResults(pair(helpers)).toBe('--a-(B|)', { B: expected });
    };
    expect(isWrong(body)).toBe(wrong);
  });

  it('takes a letter for something else where it is said to be', () => {
    const body = (helpers: MarbleHelpers): void => {
      helpers.expectResults(pair(helpers)).toBe('--x-(y|)', { x: { index: 0 }, y: { index: 1, ok: false } });
    };
    expect(isWrong(body)).toBe(false);
  });

  it('unsubscribes where it is told to', () => {
    const body = (helpers: MarbleHelpers): void => {
      helpers.expectResults(pair(helpers), '---!').toBe('--a');
    };
    expect(isWrong(body)).toBe(false);
  });

  it('compares the error of the results', () => {
    const run = (error: unknown): boolean =>
      isWrong(({ expectResults }) => {
        expectResults(throwError(() => 'broken')).toBe('#', {}, error);
      });
    expect(run('broken')).toBe(false);
    expect(run('whole')).toBe(true);
  });

  it('takes records of any pipeline, such as made-up ones', () => {
    const body = ({ expectResults }: MarbleHelpers): void => {
      expectResults(of(records.a, records.B)).toBe('(aB|)', { B: { kind: 'network', waited: 2 } });
    };
    expect(isWrong(body)).toBe(false);
  });
});

describe('the virtual time of marbles', () => {
  it(
    'is that of a pipeline which is given no scheduler',
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a]: '-' });
      expectResults(fetchFrom([a], { transport: net, retry: false, timeout: 60_000 })).toBe('60s (A|)', {
        A: { kind: 'timeout', duration: 60_000 },
      });
    }),
  );

  it(
    'is that of one which is given its scheduler',
    marbles(({ scheduler, transport, expectResults }) => {
      const net = transport(
        { [a]: ['#', '-(p|)'] },
        {},
        new FetchError('network', 'reset', { retryable: true }),
      );
      expectResults(fetchFrom([a], { transport: net, scheduler, retry: { backoff: () => 9 } })).toBe(
        '9ms -(a|)',
      );
    }),
  );
});
