import { fetchFrom, type FetchEvent, type FetchRequest } from 'sluice';
import { marbleDiagram, marbleSvg } from 'sluice/observe';
import { eventsOf, recordLine, timings, type RecordLine } from 'sluice/report';
import { page } from 'sluice/testing';
import { delay, map, mergeMap, of, throwError, timer } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { FetchError } from '../../../lib/model/fetch-error.js';
import { describe, expect, it } from 'vitest';
import { madeUpLines } from './made-up-lines.js';

/** A run in virtual time: what its events told, and its records. */
function recorded(): { events: FetchEvent[]; lines: RecordLine[] } {
  const events: FetchEvent[] = [];
  const lines: RecordLine[] = [];
  const times = timings();
  const reset = new FetchError('network', 'the connection broke', { retryable: true });
  const site = ({ url }: FetchRequest) => {
    if (url === 'http://slow/') return of(page(url)).pipe(delay(300));
    if (url === 'http://broken/') return timer(40).pipe(mergeMap(() => throwError(() => reset)));
    return timer(120).pipe(map(() => page(String(url), { status: url === 'http://gone/' ? 404 : 200 })));
  };
  new TestScheduler(() => undefined).run(() => {
    fetchFrom(['http://a/', 'http://broken/', 'http://gone/', 'http://slow/', 'nonsense'], {
      transport: site,
      concurrency: 2,
      retry: { limit: 1, backoff: () => 200 },
      events: {
        next(event) {
          times.next(event);
          events.push(event);
        },
      },
    }).subscribe((result) => lines.push(recordLine(result, { timing: times.of(result) })));
  });
  return { events, lines: JSON.parse(JSON.stringify(lines)) as RecordLine[] };
}

describe('eventsOf', () => {
  it('makes events that draw the same as those of the run', () => {
    const { events, lines } = recorded();
    expect(lines).toHaveLength(5);
    expect(marbleDiagram(eventsOf(lines))).toBe(marbleDiagram(events));
  });

  it('puts the events of all records in the order of their times, whatever the order of the records', () => {
    const lines = madeUpLines(50);
    const times = eventsOf(lines.toReversed()).map(({ at }) => at);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(marbleSvg(eventsOf(lines.toReversed()))).toBe(marbleSvg(eventsOf(lines)));
  });

  it('leaves out records that do not say when things happened', () => {
    const [first, second] = madeUpLines(2);
    const { pulled: _, ...timeless } = first!;
    expect(new Set(eventsOf([timeless, second!]).map(({ index }) => index))).toEqual(new Set([1]));
  });
});

describe('a drawing of the first inputs alone', () => {
  it('says of how many', () => {
    const events = eventsOf(madeUpLines(3));
    expect(marbleDiagram(events, { inputs: 1_000 })).toMatch(/^the first 3 of 1000 inputs: /);
    expect(marbleSvg(events, { inputs: 1_000 })).toContain('<title>the first 3 of 1000 inputs in ');
    expect(marbleDiagram(events, { inputs: 3 })).toMatch(/^3 inputs: /);
    expect(() => marbleSvg(events, { inputs: -1 })).toThrow('expected `inputs` to be an integer from 0 up');
  });
});
