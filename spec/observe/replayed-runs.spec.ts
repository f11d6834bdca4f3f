import fc from 'fast-check';
import { format } from 'prettier';
import { describe, expect, it } from 'vitest';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import type { FetchEvent } from '../../lib/model/event.js';
import { marbleDiagram, marbleSvg, toMarbleSpec } from '../../lib/observe/index.js';
import { fetchEach } from '../../lib/operators/fetch-each.js';
import { failure } from '../../lib/testing/index.js';
import { eventsOf } from './recording.js';
import { passes } from './written-spec.js';

const errors = {
  t: failure('timeout', { phase: 'headers' }).error,
  d: failure('dns', { code: 'ENOTFOUND' }).error,
  u: failure('unknown').error,
  l: failure('http', { status: 429, retryAfter: 20 }).error,
};

const answer = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('(p|)', '(p|)', '(4|)', '(5|)', '#', 't', 'd', 'u', 'l') },
  { weight: 1, arbitrary: fc.constant('never') },
);
const attempt = fc
  .tuple(fc.nat(60), answer)
  .map(([after, what]) => (what === 'never' ? '-' : `${after}ms ${what}`));
const runs = fc.record({
  /** Each input's URL has a diagram for every attempt it may need. */
  inputs: fc.array(fc.tuple(attempt, attempt, attempt), { minLength: 1, maxLength: 10 }),
  concurrency: fc.integer({ min: 1, max: 4 }),
  timeout: fc.integer({ min: 20, max: 80 }),
  limit: fc.integer({ min: 0, max: 2 }),
  waits: fc.array(fc.nat(40), { minLength: 20, maxLength: 20 }),
  gaps: fc.array(fc.nat(20), { minLength: 10, maxLength: 10 }),
  source: fc.constantFrom<('fetchFrom' | 'fetchEach')[]>('fetchFrom', 'fetchEach'),
  abortAt: fc.option(fc.integer({ min: 1, max: 200 }), { nil: undefined, freq: 3 }),
});
type Run = typeof runs extends fc.Arbitrary<infer R> ? R : never;

function record({ inputs, concurrency, timeout, limit, waits, gaps, source, abortAt }: Run): FetchEvent[] {
  return eventsOf(({ transport, abortSignal, cold }, events) => {
    const urls = inputs.map((_, input) => `http://host-${input % 3}/${input}`);
    const routes = Object.fromEntries(inputs.map((diagrams, input) => [urls[input], diagrams]));
    let wait = 0;
    const options = {
      transport: transport(routes, errors),
      concurrency,
      timeout,
      retry: { limit, backoff: () => waits[wait++ % waits.length] ?? 0 },
      events,
      ...(abortAt !== undefined && { signal: abortSignal(`${abortAt}ms !`) }),
    };
    if (source === 'fetchFrom') return fetchFrom(urls, options);
    const letters = urls.map((_, input) => String.fromCharCode(97 + input));
    const diagram = letters.map((letter, input) => `${input === 0 ? 0 : gaps[input]}ms ${letter}`).join(' ');
    const values = Object.fromEntries(letters.map((letter, input) => [letter, urls[input]]));
    return cold(`${diagram} |`, values as Record<string, string>).pipe(fetchEach(options));
  });
}

/**
 * The test of a run. What cannot be replayed says so, and is no counterexample: records so close together that a
 * diagram has no room for them, or a signal that came in the very ms of something else.
 */
function written({ concurrency, timeout, limit, source, abortAt }: Run, events: FetchEvent[]): string {
  try {
    return toMarbleSpec(events, { concurrency, timeout, retry: { limit }, source });
  } catch (error) {
    fc.pre(
      !String(error).includes('no room') &&
        (abortAt === undefined || !String(error).includes('kind cancelled')),
    );
    throw error;
  }
}

describe('any run', () => {
  it('becomes a test that passes, with the options that the run had', () => {
    fc.assert(
      fc.property(runs, (run) => {
        expect(passes(written(run, record(run)))).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('becomes a test that passes, though a real clock ticks between its events', () => {
    fc.assert(
      fc.property(runs, fc.infiniteStream(fc.constantFrom(0, 0, 0, 1)), (run, ticks) => {
        let late = 0;
        const unabortedRun = { ...run, abortAt: undefined };
        const events = record(unabortedRun).map((event): FetchEvent => {
          late += ticks.next().value as number;
          const at = event.at + late;
          return event.type === 'wait' ? { ...event, at, until: event.until + late } : { ...event, at };
        });
        expect(passes(written(unabortedRun, events))).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it('is written as prettier would format it', async () => {
    await fc.assert(
      fc.asyncProperty(runs, async (run) => {
        const text = written(run, record(run));
        expect(text).toBe(await format(text, { parser: 'typescript', singleQuote: true }));
      }),
      { numRuns: 30 },
    );
  });

  it('has a lane for each input that ends where its record comes', () => {
    fc.assert(
      fc.property(runs, (run) => {
        const events = record(run);
        const settled = events.filter(({ type }) => type === 'settle').length;
        const [, axis = '', ...lines] = marbleDiagram(events, { width: 400 }).split('\n');
        const margin = axis.indexOf('0');
        const lanes = lines.slice(0, new Set(events.map(({ index }) => index)).size);
        for (const line of lanes) expect(line.slice(margin)).toMatch(/^ *[psw.r-]*[ox]$/);
        expect(lanes).toHaveLength(settled);
        expect(marbleSvg(events).match(/<title>Input/g)).toHaveLength(settled);
      }),
    );
  });
});
