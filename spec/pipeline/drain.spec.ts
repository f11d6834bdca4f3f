import { concat, NEVER, of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import { fetchEach } from '../../lib/operators/fetch-each.js';
import { asked, watched, type AskedInputs } from '../support/inputs.js';
import { marbles } from '../support/marbles.js';
import { settled, Switchboard } from '../support/switchboard.js';

const a = 'http://a/';
const b = 'http://b/';
const c = 'http://c/';

describe('drain', () => {
  it(
    'stops the pull; what was pulled finishes, retries too, then the results complete',
    marbles(({ abortSignal, transport, expectObservable, expectResults, expectSubscriptions }) => {
      const inputs = watched('abcd');
      const net = transport({ [a]: '---------(p|)', [b]: ['----#', '--(p|)'] });
      const drain = abortSignal('------!');
      const pulls = '   (ab)--R';
      const fetchA = '  ^--------!';
      const fetchB = '  ----------^-!';
      const expected = '---------a--(b|)';

      const options = { transport: net, concurrency: 2, drain, lookahead: 0, retry: { backoff: () => 6 } };
      expectObservable(inputs.pulls$).toBe(pulls);
      expectResults(fetchFrom(inputs, options)).toBe(expected);
      expectSubscriptions(net.attempt(a).subscriptions).toBe(fetchA);
      expectSubscriptions(net.attempt(b, 2).subscriptions).toBe(fetchB);
    }),
  );

  it(
    'leaves the source of fetchEach; what waits in the queue was pulled, and finishes',
    marbles(({ abortSignal, hot, transport, expectResults, expectSubscriptions }) => {
      const net = transport({ [a]: '----(p|)', [b]: '----(p|)' });
      const source = hot(' -ab--c--', { a, b, c });
      const subs = '       ^--!';
      const expected = '   -----a---(b|)';

      const options = { transport: net, concurrency: 1, drain: abortSignal('---!') };
      expectResults(source.pipe(fetchEach(options))).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'completes at once when nothing is under way',
    marbles(({ abortSignal, hot, transport, expectResults, expectSubscriptions }) => {
      const net = transport({ [a]: '-(p|)' });
      const source = hot(' -a-------', { a });
      const subs = '       ^----!';
      const expected = '   --a--|';

      expectResults(source.pipe(fetchEach({ transport: net, drain: abortSignal('-----!') }))).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'completes a pipeline at once that is paused and holds nothing',
    marbles(({ abortSignal, transport, expectObservable, expectResults }) => {
      const inputs = watched('abc');
      const options = { transport: transport({}), concurrency: of(0), drain: abortSignal('---!') };
      expectObservable(inputs.pulls$).toBe('-');
      expectResults(fetchFrom(inputs, options)).toBe('---|');
    }),
  );

  it(
    'completes at once, and pulls nothing, when it was aborted before',
    marbles(({ hot, transport, expectObservable, expectResults, expectSubscriptions }) => {
      const inputs = watched('abc');
      const source = hot('a', { a });
      const options = { transport: transport({}), drain: AbortSignal.abort() };

      expectObservable(inputs.pulls$).toBe('-');
      expectResults(fetchFrom(inputs, options)).toBe('|');
      expectResults(source.pipe(fetchEach(options))).toBe('|');
      expectSubscriptions(source.subscriptions).toBe([]);
    }),
  );

  it(
    'may be followed by the signal, which ends what is left',
    marbles(({ abortSignal, transport, expectResults, expectSubscriptions }) => {
      const net = transport({ [a]: '----(p|)', [b]: '---------(p|)' });
      const drain = abortSignal('--!');
      const signal = abortSignal('------!');
      const fetchB = '  ^-----!';
      const expected = '----a-(B|)';

      expectResults(fetchFrom([a, b, c], { transport: net, concurrency: 2, drain, signal })).toBe(expected, {
        a: { ok: true },
        B: { kind: 'cancelled' },
      });
      expectSubscriptions(net.attempt(b).subscriptions).toBe(fetchB);
    }),
  );

  it(
    'makes a source that never ends one that does, in the call that pushes',
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a]: '-(p|)' });
      const controller = new AbortController();
      const source = concat(of(a, b), NEVER);
      const stopAtB = {
        next: ({ type, index }: { readonly type: string; readonly index: number }) => {
          if (type === 'pull' && index === 0) controller.abort();
        },
      };
      const options = { transport: net, drain: controller.signal, events: stopAtB };
      expectResults(source.pipe(fetchEach(options))).toBe('-(a|)');
    }),
  );

  it('calls return() of an async iterator, and finishes what it gave', async () => {
    const log: string[] = [];
    const board = new Switchboard();
    const controller = new AbortController();
    async function* inputs(): AsyncGenerator<string> {
      try {
        yield a;
        yield b;
        yield c;
      } finally {
        log.push('closed');
      }
    }
    fetchFrom(inputs(), { transport: board.transport, concurrency: 2, drain: controller.signal }).subscribe({
      next: ({ index }) => log.push(`record ${index}`),
      complete: () => log.push('completed'),
    });
    await settled();
    controller.abort();
    await settled();
    board.answer(b);
    board.answer(a);
    expect(log).toEqual(['closed', 'record 1', 'record 0', 'completed']);
    expect(board.asked).toEqual([a, b]);
  });

  it('finishes an input that an async iterator was asked for and gives after all', async () => {
    const board = new Switchboard();
    const controller = new AbortController();
    const log: string[] = [];
    let give: (step: IteratorResult<string>) => void = () => undefined;
    const steps = [Promise.resolve({ done: false, value: a })];
    const inputs: AsyncIterable<string> = {
      [Symbol.asyncIterator]: () => ({
        next: () => steps.shift() ?? new Promise<IteratorResult<string>>((resolve) => (give = resolve)),
      }),
    };
    fetchFrom(inputs, { transport: board.transport, drain: controller.signal }).subscribe({
      next: ({ index }) => log.push(`record ${index}`),
      complete: () => log.push('completed'),
    });
    await settled();
    controller.abort();
    give({ done: false, value: b });
    await settled();
    board.answer(a);
    board.answer(b);
    expect(log).toEqual(['record 0', 'record 1', 'completed']);
  });

  it('waits for the input that an async iterator was asked for, though nothing else is under way', async () => {
    const board = new Switchboard();
    const controller = new AbortController();
    const log: string[] = [];
    const inputs = asked(log);
    fetchFrom(inputs, { transport: board.transport, drain: controller.signal }).subscribe({
      next: ({ index, ok }) => log.push(`record ${index}: ${ok}`),
      complete: () => log.push('completed'),
    });
    await settled();
    controller.abort();
    await settled();
    expect(log).toEqual(['asked', 'returned']);
    inputs.answer({ done: false, value: b });
    await settled();
    board.answer(b);
    expect(log).toEqual(['asked', 'returned', 'record 0: true', 'completed']);
  });

  it.each<[string, (inputs: AskedInputs) => void]>([
    ['has none', (inputs) => inputs.answer({ done: true, value: undefined })],
    ['fails', (inputs) => inputs.fail(new Error('the connection was closed'))],
  ])('completes when the iterator %s after all', async (_, settle) => {
    const controller = new AbortController();
    const log: string[] = [];
    const inputs = asked(log);
    fetchFrom(inputs, { transport: () => NEVER, drain: controller.signal }).subscribe({
      error: (error: Error) => log.push(error.message),
      complete: () => log.push('completed'),
    });
    await settled();
    controller.abort();
    await settled();
    expect(log).toEqual(['asked', 'returned']);
    settle(inputs);
    await settled();
    expect(log).toEqual(['asked', 'returned', 'completed']);
  });

  it('waits for nothing any more when the signal is aborted as well', async () => {
    const drain = new AbortController();
    const signal = new AbortController();
    const log: string[] = [];
    const inputs = asked(log);
    const options = { transport: () => NEVER, drain: drain.signal, signal: signal.signal };
    fetchFrom(inputs, options).subscribe({
      next: ({ index }) => log.push(`record ${index}`),
      complete: () => log.push('completed'),
    });
    await settled();
    drain.abort();
    signal.abort();
    inputs.answer({ done: false, value: b });
    await settled();
    expect(log).toEqual(['asked', 'returned', 'completed']);
  });

  it(
    'finishes what a generator gives in the call in which it aborts',
    marbles(({ transport, expectResults, flush }) => {
      const net = transport({ [a]: '-(p|)', [b]: '--(p|)' });
      const controller = new AbortController();
      let closed = false;
      function* inputs(): Generator<string> {
        try {
          yield a;
          controller.abort();
          yield b;
          yield c;
        } finally {
          closed = true;
        }
      }
      expectResults(fetchFrom(inputs(), { transport: net, drain: controller.signal })).toBe('-a(b|)');
      flush();
      expect(closed).toBe(true);
    }),
  );

  it(
    'finishes an input whose own reading aborts',
    marbles(({ transport, expectResults }) => {
      const controller = new AbortController();
      const key = (): string => {
        controller.abort();
        return '';
      };
      const options = { transport: transport({ [a]: '--(p|)' }), perHost: { key }, drain: controller.signal };
      expectResults(fetchFrom([a, b], options)).toBe('--(a|)');
    }),
  );
});
