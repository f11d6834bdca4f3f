import { from, Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import type { FetchEvent } from '../../lib/model/event.js';
import { marbles, type ExpectedLanes, type MarbleHelpers } from '../../lib/testing/index.js';

const a = 'http://a/';
const b = 'http://b/';

/** One slot: a fails after 2 ms and comes again 5 ms later, b answers after 3 ms, its head after 2. */
function run({ transport, expectResults }: MarbleHelpers): Subject<FetchEvent> {
  const events = new Subject<FetchEvent>();
  const net = transport({ [a]: ['--#', '-(4|)'], [b]: 'h-b(p|)' });
  const retry = { limit: 1, backoff: () => 5 };
  expectResults(fetchFrom([a, b], { transport: net, concurrency: 1, retry, events })).toBe('-----b--(A|)');
  return events;
}

function complaintOf(lanes: ExpectedLanes): string {
  try {
    marbles((helpers) => {
      helpers.expectEvents(run(helpers)).toBe(lanes);
    })();
  } catch (error) {
    return (error as Error).message;
  }
  return '';
}

const lanes = { a: 's-w....sx', b: '..s-ro' };

describe('expectEvents', () => {
  it('draws what happened to each input', () => {
    expect(complaintOf(lanes)).toBe('');
  });

  it.each([
    ['a mark elsewhere', { ...lanes, b: '..s--o' }],
    ['another mark', { ...lanes, a: 's-w....so' }],
    ['a lane that does not go on', { ...lanes, a: 's-w....s' }],
    ['a lane that goes on', { ...lanes, b: '..s-ros' }],
    ['no lane', { a: lanes.a }],
    ['a lane of nothing', { ...lanes, c: 's' }],
    ['nothing', {}],
  ])('finds %s to be wrong', (_, wrong) => {
    expect(complaintOf(wrong)).toMatch(
      /^The events of [abc] (are not as drawn|were seen, and no lane is drawn for it):\n/,
    );
  });

  it('shows the lane that differs, as it was drawn and as it was', () => {
    expect(complaintOf({ ...lanes, a: 's-w.....sx' })).toBe(
      [
        'The events of a are not as drawn:',
        '',
        '  expected  s-w-----sx',
        '  got       s-w----sx',
        '                   ^',
        '  expected  s (start) at 8 ms',
        '  got       s (start) at 7 ms',
      ].join('\n'),
    );
  });

  it('takes long times as the notation of RxJS has them', () => {
    marbles(({ transport, expectEvents }) => {
      const events = new Subject<FetchEvent>();
      const net = transport({ [a]: ['1s #', '-(p|)'] });
      expectEvents(events).toBe({ a: 's 999ms w 3999ms so' });
      fetchFrom([a], { transport: net, retry: { backoff: () => 4_000 }, events }).subscribe();
    })();
  });

  it('tells a pull where the start comes later, and groups what falls in one frame', () => {
    marbles(({ transport, expectEvents }) => {
      const events = new Subject<FetchEvent>();
      const net = transport({ [a]: ['--#', '(p|)'] });
      const options = { transport: net, perHost: { delay: 3 }, retry: { backoff: () => 0 }, events };
      expectEvents(events).toBe({ a: 's-w(so)' });
      fetchFrom([a], options).subscribe();
    })();
    marbles(({ transport, expectEvents }) => {
      const events = new Subject<FetchEvent>();
      const net = transport({ [a]: '--(p|)' });
      expectEvents(events).toBe({ a: 's-o', b: 'p.s-o' });
      fetchFrom([a, a], { transport: net, perHost: { concurrency: 1 }, lookahead: 1, events }).subscribe();
    })();
  });

  it('takes the events of an earlier run', () => {
    const earlier: FetchEvent[] = [{ type: 'pull', index: 30, at: 5, request: { url: a } }];
    expect(
      marbles(({ expectEvents }) => {
        expectEvents(from(earlier)).toBe({});
      }),
    ).toThrow('The events of #30 were seen, and no lane is drawn for it');
  });

  it('says what to do where no events were seen', () => {
    const late = marbles((helpers) => {
      const events = run(helpers);
      helpers.flush();
      helpers.expectEvents(events).toBe(lanes);
    });
    expect(late).toThrow('No events were seen: give the pipeline a Subject as `events`');
  });

  it.each([
    [{ A: 's' }, 'Expected a lane for a letter from a to z, or for #26 and up, got one for `A`'],
    [
      { a: 's-e' },
      '`e` in the lane of a is none of p pulled, s start, r response, w wait, o success, x failure',
    ],
  ])('refuses %j', (wrong, sentence) => {
    expect(complaintOf(wrong as ExpectedLanes)).toBe(sentence);
  });
});
