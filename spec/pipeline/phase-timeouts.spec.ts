import { map, type Observable } from 'rxjs';
import { describe, it } from 'vitest';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import { marbles } from '../support/marbles.js';
import { phased } from '../support/phased.js';
import { messageOf } from '../support/records.js';

const a = 'http://a/';

describe('timeout.connect, headers and body', () => {
  it(
    'limit the time in their phase, from its beginning',
    marbles(({ cold, expectResults, expectSubscriptions }) => {
      const timeout = { connect: 3, headers: 4, body: 5 };
      const run = (steps: Observable<string>): ReturnType<typeof fetchFrom> =>
        fetchFrom([a], { transport: phased(steps), timeout, retry: false });

      const connecting = cold('   c---------p|');
      const subs1 = '             ^--!';
      const expected1 = '         ---(A|)';
      expectResults(run(connecting)).toBe(expected1, { A: { kind: 'timeout', phase: 'connect' } });
      expectSubscriptions(connecting.subscriptions).toBe(subs1);

      const waiting = cold('      c--h--------p|');
      const subs2 = '             ^------!';
      const expected2 = '         -------(A|)';
      expectResults(run(waiting)).toBe(expected2, { A: { kind: 'timeout', phase: 'headers' } });
      expectSubscriptions(waiting.subscriptions).toBe(subs2);

      const reading = cold('      c--h---b-------p|');
      const subs3 = '             ^-----------!';
      const expected3 = '         ------------(A|)';
      expectResults(run(reading)).toBe(expected3, { A: { kind: 'timeout', phase: 'body' } });
      expectSubscriptions(reading.subscriptions).toBe(subs3);
    }),
  );

  it(
    'let a page pass that is in time in each of them',
    marbles(({ cold, expectResults }) => {
      const steps = cold(' c--h---b----(p|)');
      const expected = '   ------------(a|)';
      const options = { transport: phased(steps), timeout: { connect: 3, headers: 4, body: 6 } };
      expectResults(fetchFrom([a], options)).toBe(expected);
    }),
  );

  it(
    'begin anew when a redirect enters a phase again',
    marbles(({ cold, expectResults }) => {
      const steps = cold('   c--h--c--h--b--(p|)');
      const expected = '     ---------------(a|)';
      const options = { transport: phased(steps), timeout: { connect: 4, headers: 4, body: 4 } };
      expectResults(fetchFrom([a], options)).toBe(expected);
    }),
  );

  it(
    'may be given one without the others',
    marbles(({ cold, expectResults }) => {
      const steps = cold('                                                 c-----h-----b-----(p|)');
      const run = (timeout: object): ReturnType<typeof fetchFrom> =>
        fetchFrom([a], { transport: phased(steps), timeout, retry: false });

      expectResults(run({ connect: 9 })).toBe('                            ------------------(a|)');
      expectResults(run({ headers: 4 })).toBe('                            ----------(A|)', {
        A: { phase: 'headers' },
      });
      expectResults(run({ body: 4 })).toBe('                               ----------------(A|)', {
        A: { phase: 'body' },
      });
      expectResults(run({ body: Infinity, connect: 2 ** 31 })).toBe('      ------------------(a|)');
    }),
  );

  it(
    'are tried again, and are each attempt’s own',
    marbles(({ cold, expectResults, expectSubscriptions }) => {
      const slow = cold('      c------p|');
      const quick = cold('          c-hbp|');
      const first = '          ^--!';
      const second = '         -----^---!';
      const expected = '       ---------(a|)';

      const retry = { limit: 1, backoff: () => 2 };
      const results$ = fetchFrom([a], { transport: phased(slow, quick), timeout: { connect: 3 }, retry });
      expectResults(results$).toBe(expected, { a: { attempts: 2, waited: 2, duration: 9 } });
      expectSubscriptions(slow.subscriptions).toBe(first);
      expectSubscriptions(quick.subscriptions).toBe(second);
    }),
  );

  it(
    'do not limit a transport that says nothing of its phases',
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a]: '---------(p|)' });
      const timeout = { connect: 1, headers: 1, body: 1 };
      expectResults(fetchFrom([a], { transport: net, timeout })).toBe('---------(a|)');
    }),
  );

  it(
    'end with the page: `project` is not part of the body',
    marbles(({ cold, expectResults }) => {
      const steps = cold(' c-h-b-p--------|');
      const value = cold('       ---------(v|)');
      const expected = '   ---------------(a|)';

      const options = { transport: phased(steps), timeout: { body: 3 }, project: () => value };
      expectResults(fetchFrom([a], options)).toBe(expected, { a: { value: 'v' } });
    }),
  );

  it(
    'leave timeout.attempt to say in which phase it was over',
    marbles(({ cold, expectResults }) => {
      const steps = cold('                                             c--h--b--(p|)');
      const run = (attempt: number): ReturnType<typeof fetchFrom> =>
        fetchFrom([a], { transport: phased(steps), timeout: { attempt }, retry: false });

      expectResults(run(2)).toBe('                                     --(A|)', { A: { phase: 'connect' } });
      expectResults(run(5)).toBe('                                     -----(A|)', {
        A: { phase: 'headers' },
      });
      expectResults(run(8)).toBe('                                     --------(A|)', {
        A: { phase: 'body' },
      });
    }),
  );

  it(
    'are named in the message, with what was going on',
    marbles(({ cold, expectObservable }) => {
      const run = (diagram: string, timeout: object): ReturnType<typeof fetchFrom> =>
        fetchFrom([a], { transport: phased(cold(diagram)), timeout, retry: false });
      const said = (diagram: string, timeout: object, message: string): void => {
        expectObservable(run(diagram, timeout).pipe(map(messageOf))).toBe('------(A|)', {
          A: `GET http://a/: ${message}`,
        });
      };
      said('c', { connect: 6 }, 'timeout.connect (6 ms) was over while connecting');
      said('c-h', { headers: 4 }, 'timeout.headers (4 ms) was over while waiting for the response');
      said('c-h-b', { body: 2 }, 'timeout.body (2 ms) was over while reading the body');
      said('c-h-b', { attempt: 6 }, 'timeout.attempt (6 ms) was over while reading the body');
    }),
  );

  it(
    'hear nothing of a transport that goes on after it was left',
    marbles(({ expectResults, scheduler }) => {
      const enter: (() => void)[] = [];
      const net: ReturnType<typeof phased> = (_, attempt) => {
        enter.push(() => attempt?.enter('body'));
        throw new Error('out of sockets');
      };
      scheduler.schedule(() => {
        for (const late of enter) late();
      }, 2);
      const options = { transport: net, timeout: { body: 1 }, retry: false } as const;
      expectResults(fetchFrom([a], options)).toBe('(A|)', { A: { kind: 'unknown' } });
    }),
  );
});
