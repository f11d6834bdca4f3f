import { map } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import type { ObservedTransport } from '../../lib/transports/transport.js';
import { marbles, notingDelays } from '../support/marbles.js';
import { messageOf } from '../support/records.js';

const a = 'http://a/';

describe('timeout.connect, headers and body', () => {
  it(
    'limit the time in their phase, from its beginning',
    marbles(({ transport, expectResults, expectSubscriptions }) => {
      const timeout = { connect: 3, headers: 4, body: 5 };
      const net = transport({
        'http://connecting/': ' c---------(p|)',
        'http://waiting/': '    c--h--------(p|)',
        'http://reading/': '    c--h---b-------(p|)',
      });
      const subscribed = {
        connecting: '           ^--!',
        waiting: '              ^------!',
        reading: '              ^-----------!',
      };
      const expected = '        ---A---B----(C|)';

      const urls = Object.keys(subscribed).map((name) => `http://${name}/`);
      expectResults(fetchFrom(urls, { transport: net, timeout, retry: false })).toBe(expected, {
        A: { kind: 'timeout', phase: 'connect' },
        B: { kind: 'timeout', phase: 'headers' },
        C: { kind: 'timeout', phase: 'body' },
      });
      for (const [name, diagram] of Object.entries(subscribed)) {
        expectSubscriptions(net.attempt(`http://${name}/`).subscriptions).toBe(diagram);
      }
    }),
  );

  it(
    'let a page pass that is in time in each of them',
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a]: ' c--h---b----(p|)' });
      const expected = '   ------------(a|)';
      const options = { transport: net, timeout: { connect: 3, headers: 4, body: 6 } };
      expectResults(fetchFrom([a], options)).toBe(expected);
    }),
  );

  it(
    'begin anew when a redirect enters a phase again',
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a]: '   c--h--c--h--b--(p|)' });
      const expected = '     ---------------(a|)';
      const options = { transport: net, timeout: { connect: 4, headers: 4, body: 4 } };
      expectResults(fetchFrom([a], options)).toBe(expected);
    }),
  );

  it(
    'may be given one without the others',
    marbles(({ transport, expectResults }) => {
      const net = transport({
        [a]: '                                                 c-----h-----b-----(p|)',
      });
      const run = (timeout: object): ReturnType<typeof fetchFrom> =>
        fetchFrom([a], { transport: net, timeout, retry: false });

      expectResults(run({ connect: 9 })).toBe('                            ------------------(a|)');
      expectResults(run({ headers: 4 })).toBe('                            ----------(A|)', {
        A: { phase: 'headers' },
      });
      expectResults(run({ body: 4 })).toBe('                               ----------------(A|)', {
        A: { phase: 'body' },
      });
      expectResults(run({ body: 9, connect: Infinity })).toBe('            ------------------(a|)');
    }),
  );

  it(
    'never reach a timer that would take them for 1 ms',
    marbles(({ flush, scheduler, transport, expectResults }) => {
      const noting = notingDelays({ scheduler });
      const net = transport({ [a]: ' c-h-b-(p|)' });
      const expected = '   ------(a|)';
      const timeout = { connect: 2 ** 31, headers: 2 ** 40, body: Infinity, attempt: Infinity };
      expectResults(fetchFrom([a], { transport: net, timeout, scheduler: noting.scheduler })).toBe(expected);
      flush();
      expect(noting.delays).toEqual([]);
    }),
  );

  it(
    'are tried again, and are each attempt’s own',
    marbles(({ transport, expectResults, expectSubscriptions }) => {
      const slow = '           c------(p|)';
      const quick = '               c-hb(p|)';
      const first = '          ^--!';
      const second = '         -----^---!';
      const expected = '       ---------(a|)';

      const retry = { limit: 1, backoff: () => 2 };
      const net = transport({ [a]: [slow, quick] });
      const results$ = fetchFrom([a], { transport: net, timeout: { connect: 3 }, retry });
      expectResults(results$).toBe(expected, { a: { attempts: 2, waited: 2, duration: 9 } });
      expectSubscriptions(net.attempt(a, 1).subscriptions).toBe(first);
      expectSubscriptions(net.attempt(a, 2).subscriptions).toBe(second);
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
    marbles(({ cold, transport, expectResults }) => {
      const net = transport({ [a]: ' c-h-b-(p|)' });
      const value = cold('       ---------(v|)');
      const expected = '   ---------------(a|)';

      const options = { transport: net, timeout: { body: 3 }, project: () => value };
      expectResults(fetchFrom([a], options)).toBe(expected, { a: { value: 'v' } });
    }),
  );

  it(
    'leave timeout.attempt to say in which phase it was over',
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a]: '                                             c--h--b--(p|)' });
      const run = (attempt: number): ReturnType<typeof fetchFrom> =>
        fetchFrom([a], { transport: net, timeout: { attempt }, retry: false });

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
    marbles(({ transport, expectObservable }) => {
      const run = (diagram: string, timeout: object): ReturnType<typeof fetchFrom> =>
        fetchFrom([a], { transport: transport({ [a]: diagram }), timeout, retry: false });
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
      const net: ObservedTransport = (_, attempt) => {
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
