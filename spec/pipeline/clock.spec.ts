import type { SchedulerLike } from 'rxjs';
import { describe, it } from 'vitest';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import type { MarbleHelpers } from '../../lib/testing/index.js';
import { marbles } from '../support/marbles.js';

const a = 'http://a/';
const b = 'http://b/';

/** A scheduler whose clock is set by so many ms at a frame; its timers run on as before. */
function settingClock(
  by: number,
  frame: number,
  { scheduler }: Pick<MarbleHelpers, 'scheduler'>,
): SchedulerLike {
  let offset = 0;
  scheduler.schedule(() => {
    offset = by;
  }, frame);
  return {
    now: () => scheduler.now() + offset,
    schedule: (...args: Parameters<SchedulerLike['schedule']>) => scheduler.schedule(...args),
  };
}

describe('a clock that is set back', () => {
  it(
    'does not keep a retry waiting whose timer has fired',
    marbles(({ scheduler, transport, expectResults, expectSubscriptions }) => {
      const net = transport({ [a]: ['-#', '-(p|)'] });
      const clock = settingClock(-3_600_000, 3, { scheduler });
      const first = '   ^!';
      const second = '  ------^!';
      const expected = '-------(a|)';

      expectResults(fetchFrom([a], { transport: net, scheduler: clock, retry: { backoff: () => 5 } })).toBe(
        expected,
      );
      expectSubscriptions(net.attempt(a, 1).subscriptions).toBe(first);
      expectSubscriptions(net.attempt(a, 2).subscriptions).toBe(second);
    }),
  );

  it(
    'does not keep an attempt from being timed out',
    marbles(({ scheduler, transport, expectResults }) => {
      const net = transport({ [a]: '---------(p|)' });
      const clock = settingClock(-3_600_000, 3, { scheduler });
      expectResults(fetchFrom([a], { transport: net, scheduler: clock, retry: false, timeout: 5 })).toBe(
        '-----(A|)',
        {
          A: { kind: 'timeout', phase: 'attempt' },
        },
      );
    }),
  );
});

describe('a clock that is set forward', () => {
  it(
    'lets a retry start at the next occasion',
    marbles(({ scheduler, transport, expectResults }) => {
      const net = transport({ [a]: ['-#', '-(p|)'], [b]: '------(p|)' });
      const clock = settingClock(3_600_000, 3, { scheduler });
      const options = { transport: net, scheduler: clock, concurrency: 2, retry: { backoff: () => 50 } };
      expectResults(fetchFrom([a, b], options)).toBe('------b(a|)');
    }),
  );
});
