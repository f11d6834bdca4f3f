import { describe, expect, it } from 'vitest';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import type { Page } from '../../lib/model/page.js';
import { toBatch } from '../../lib/operators/to-batch.js';
import { marbles, type MarbleHelpers } from '../../lib/testing/index.js';

const a = 'http://a/';
const b = 'http://b/';

/** What a test says that does not hold. */
function complaintOf(body: (helpers: MarbleHelpers) => void): string {
  try {
    marbles(body)();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('nothing was found wrong');
}

const lines = (...all: string[]): string => all.join('\n');

/** a answers after 2 ms, b with a 404 after 4. */
const pair = ({ transport }: MarbleHelpers): ReturnType<typeof fetchFrom> =>
  fetchFrom([a, b], { transport: transport({ [a]: '--(p|)', [b]: '----(4|)' }) });

describe('a failing expectResults', () => {
  it('shows both diagrams, and marks and tells the first difference', () => {
    const complaint = complaintOf((helpers) => {
      helpers.expectResults(pair(helpers)).toBe('--a--(B|)');
    });
    expect(complaint).toBe(
      lines(
        'The results are not as drawn:',
        '',
        '  expected  --a--(B|)',
        '  got       --a-(B|)',
        '                 ^',
        '  expected  B at 5 ms',
        "  got       B, a failure of kind 'http': GET http://b/: the server answered with status 404 at 4 ms",
      ),
    );
  });

  it('tells which field of a record differs, and no other', () => {
    const complaint = complaintOf((helpers) => {
      helpers
        .expectResults(pair(helpers))
        .toBe('--a-(B|)', { B: { kind: 'http', status: 503, attempts: 1 } });
    });
    expect(complaint).toContain('\n                 ^\n  B: status: expected 503, got 404');
    expect(complaint).not.toContain('attempts');
  });

  it('tells of what came where no more was drawn, and of what did not come', () => {
    const more = complaintOf((helpers) => {
      helpers.expectResults(pair(helpers)).toBe('--a');
    });
    expect(more).toContain(
      '  got       --a-(B|)\n                 ^\n  expected  nothing more\n  got       B, a',
    );
    const less = complaintOf((helpers) => {
      helpers.expectResults(pair(helpers), '---!').toBe('--a-b');
    });
    expect(less).toContain('  expected  --a-b\n  got       --a\n                ^\n  expected  b at 4 ms\n');
    expect(less).toContain('got       nothing more');
  });

  it('writes long quiet stretches in the same place of both, as the notation has them', () => {
    const complaint = complaintOf(({ transport, expectResults }) => {
      const net = transport({ [a]: '--(p|)', [b]: '2s (p|)' });
      expectResults(fetchFrom([a, b], { transport: net })).toBe('--a 1999ms (b|)');
    });
    expect(complaint).toContain(
      lines('  expected  --a 1997ms --(b|)', '  got       --a 1997ms (b|)', '                        ^'),
    );
  });

  it('draws diagrams that may be pasted into the test', () => {
    const complaint = complaintOf((helpers) => {
      helpers.expectResults(pair(helpers)).toBe('');
    });
    const got = /got {7}(.*)/.exec(complaint)?.[1] ?? '';
    marbles((helpers) => {
      helpers.expectResults(pair(helpers)).toBe(got);
    })();
  });

  it('names what it saw as the diagram does, where that fits', () => {
    const complaint = complaintOf((helpers) => {
      helpers.expectResults(pair(helpers)).toBe('--1-(a|)', { 1: { index: 0 } });
    });
    expect(complaint).toContain('  got       --1-(B|)\n                 ^\n  a: index: expected 0, got 1');
  });

  it('says which attempts have no diagram', () => {
    const complaint = complaintOf(({ transport, expectResults }) => {
      const net = transport({ [a]: ['-#'] });
      expectResults(fetchFrom([a], { transport: net, retry: { backoff: () => 1 } })).toBe('---(a|)');
    });
    expect(complaint).toContain(`No diagram is drawn for attempt 2 at ${a}`);
  });

  it('points to the line of the test that says what is expected', () => {
    let failure: unknown;
    try {
      marbles((helpers) => {
        helpers.expectResults(pair(helpers)).toBe('x');
      })();
    } catch (error) {
      failure = error;
    }
    const { message, stack = '' } = failure as Error;
    expect(stack.slice(0, message.length + 8)).toBe(`Error: ${message}\n`);
    expect(stack).toContain('expect-results.spec.ts');
  });

  it('refuses a mark that is no letter and that nothing is said of', () => {
    const complaint = complaintOf((helpers) => {
      helpers.expectResults(pair(helpers)).toBe('--1-(B|)');
    });
    expect(complaint).toBe(
      "`1` is not a letter from a to z: tell `toBe` in its second argument what it is, such as { '1': { index: 30 } }",
    );
  });

  it('counts inputs past the 26th by what is said of them', () => {
    const inputs = Array.from({ length: 27 }, () => a);
    const body = (index: number) => (helpers: MarbleHelpers) => {
      const net = helpers.transport({ [a]: '-(p|)' });
      const results$ = fetchFrom(inputs, { transport: net, concurrency: 27 });
      helpers.expectResults(results$).toBe(`-(${'*'.repeat(26)}1|)`, { '*': { ok: true }, 1: { index } });
    };
    expect(marbles(body(26))).not.toThrow();
    expect(complaintOf(body(27))).toContain('1: index: expected 27, got 26');
  });
});

describe('expectResults, where it could pass whatever happens or say nothing of use,', () => {
  const drawn =
    (diagram: string, expected: Record<string, object> = {}) =>
    (helpers: MarbleHelpers): void => {
      helpers.expectResults(pair(helpers)).toBe(diagram, expected);
    };

  it.each<[string, (helpers: MarbleHelpers) => void, string]>([
    [
      'a letter in the other case',
      drawn('--a-(B|)', { b: { kind: 'http' } }),
      '`toBe` was told what `b` is, but its diagram has `B`: a small letter is a success, a capital a failure',
    ],
    [
      'a field that there is not',
      drawn('--a-(B|)', { B: { error: 'http' } }),
      '`toBe` was told the `error` of `B`, which is not compared; there are index, ok, url, context, value, kind',
    ],
    [
      'an open group',
      drawn('--a-(B|'),
      'A group is not closed, or not opened, in `--a-(B|`, the argument of toBe',
    ],
    [
      'a time without its spaces',
      drawn('-10ms(a|)'),
      'A time needs a space on both sides: `10ms` in `-10ms(a|)`, the argument of toBe',
    ],
    [
      'no diagram',
      drawn(undefined as never),
      "Expected the argument of toBe to be a diagram, such as '--a-|', got undefined",
    ],
    [
      'what are no records',
      (helpers) => {
        helpers.expectResults(pair(helpers).pipe(toBatch()) as never).toBe('----(a|)');
      },
      'expectResults compares records, got an array of 2: for what comes after `toBatch` or `map` there is expectObservable',
    ],
  ])('refuses %s', (_, body, sentence) => {
    expect(complaintOf(body)).toContain(sentence);
  });

  it('says why there is a failure where a success was drawn', () => {
    const complaint = complaintOf(({ transport, expectResults }) => {
      const net = transport({ [a]: '-(p|)' });
      const project = (page: Page): unknown => page.json();
      expectResults(fetchFrom([a], { transport: net, project })).toBe('-(a|)');
    });
    expect(complaint).toContain(
      "a: ok: expected true, got false\n  it is a failure of kind 'project': GET http://a/:",
    );
    expect(complaint).toContain('Unexpected end of JSON input');
  });

  it('says that the notation cannot say what was seen', () => {
    const complaint = complaintOf(({ transport, expectResults }) => {
      const net = transport({ [a]: '--(p|)', [b]: '---(p|)' });
      expectResults(fetchFrom([a, a, b], { transport: net })).toBe('--(ab)(c|)');
    });
    expect(complaint).toContain('c at 3 ms lies within the group before it, which takes frames until 6');
  });

  it('fails for an attempt that is not drawn, whatever became of it', () => {
    const complaint = complaintOf(({ transport, expectResults }) => {
      const net = transport({ [a]: ['-#'] });
      expectResults(fetchFrom([a], { transport: net, retry: { limit: 1, backoff: () => 5 } })).toBe(
        '------(A|)',
      );
    });
    expect(complaint).toBe(`No diagram is drawn for attempt 2 at ${a}`);
  });
});

describe('the expectations of RxJS', () => {
  it('say where in the test they were said, and which attempts are not drawn', () => {
    let failure: unknown;
    try {
      marbles(({ transport, expectObservable }) => {
        const net = transport({});
        expectObservable(fetchFrom([a], { transport: net }).pipe(toBatch())).toBe('-(x|)');
      })();
    } catch (error) {
      failure = error;
    }
    expect((failure as Error).stack).toContain('expect-results.spec.ts');
    expect((failure as Error).message).toContain(`No diagram is drawn for attempt 1 at ${a}`);
  });

  it('draw subscriptions', () => {
    const complaint = complaintOf(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('-x-|');
      expectObservable(source, '-^ 99ms !').toBe('--x-|');
      expectSubscriptions(source.subscriptions).toBe('^-!');
    });
    expect(complaint).toBe('Expected\n  ^-!\ngot\n  -^--!');
  });
});

describe('expectResults', () => {
  it('takes # for any error, unless one is said', () => {
    const broken = function* (): Generator<string> {
      yield a;
      throw new Error('the list ends in the middle of a line');
    };
    const body = (error?: unknown) => (helpers: MarbleHelpers) => {
      const net = helpers.transport({ [a]: '-(p|)' });
      helpers.expectResults(fetchFrom(broken(), { transport: net })).toBe('-(a#)', {}, error);
    };
    expect(marbles(body())).not.toThrow();
    expect(marbles(body(new Error('the list ends in the middle of a line')))).not.toThrow();
    expect(complaintOf(body(new Error('another')))).toContain('the error: expected Error: another');
  });

  it('compares with the matchers of the test runner that it is given', () => {
    const body = (url: string) =>
      marbles(
        (actual, expected) => {
          expect(actual).toStrictEqual(expected);
        },
        (helpers) => {
          helpers.expectResults(pair(helpers)).toBe('--a-(B|)', {
            a: { url: expect.stringContaining(url), value: expect.anything() },
          });
        },
      );
    expect(body('http')).not.toThrow();
    expect(body('ftp')).toThrow('a: url: expected StringContaining');
  });

  it('knows the context of an input', () => {
    const body = (context: unknown) => (helpers: MarbleHelpers) => {
      const net = helpers.transport({ [a]: '-(p|)' });
      const inputs = [{ url: a, context: { page: 7 } }];
      helpers.expectResults(fetchFrom(inputs, { transport: net })).toBe('-(a|)', { a: { context } });
    };
    expect(marbles(body({ page: 7 }))).not.toThrow();
    expect(complaintOf(body({ page: 8 }))).toContain('a: context: expected { page: 8 }, got { page: 7 }');
  });
});
