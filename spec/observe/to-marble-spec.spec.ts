import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { format } from 'prettier';
import { lastValueFrom, tap, toArray } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import type { FetchEvent } from '../../lib/model/event.js';
import { toMarbleSpec } from '../../lib/observe/index.js';
import { fetchEach } from '../../lib/operators/fetch-each.js';
import { failure } from '../../lib/testing/index.js';
import { serve } from '../support/servers.js';
import { success } from '../support/records.js';
import { drawnEvents, eventsOf } from './recording.js';
import { passes } from './written-spec.js';

const a = 'http://a/';
const b = 'http://b/';
const c = 'http://c/';

/** The routes of a written spec, by URL. */
const routeAt = (text: string, url: string): string | undefined =>
  new RegExp(`'${url}':\\s+(\\[[^\\]]*\\]|'[^']*'),`).exec(text)?.[1]?.replaceAll(/\s+/g, ' ');

describe('toMarbleSpec', () => {
  it('writes a short test that says what was recorded', () => {
    const routes = { [a]: '3ms (p|)', [b]: ['2ms #', '40ms (p|)'], [c]: '4ms (4|)' };
    const events = drawnEvents({ routes, options: { concurrency: 2, retry: { backoff: () => 7 } } });
    expect(toMarbleSpec(events, { name: "b's second attempt" })).toBe(`\
import { fetchFrom } from 'sluice';
import { marbles } from 'sluice/testing';
import { it } from 'vitest';

// Recorded: 3 inputs in 49 ms, 2 o, 1 x.
it(
  "b's second attempt",
  marbles(({ transport, expectResults }) => {
    const routes = {
      'http://a/': '---(p|)',
      'http://b/': ['--#', '40ms (p|)'],
      'http://c/': '----(4|)',
    };
    const net = transport(routes);
    const inputs = ['http://a/', 'http://b/', 'http://c/'];
    const results$ = fetchFrom(inputs, {
      transport: net,
      concurrency: 2,
      retry: { limit: 1, backoff: () => 7 },
    });
    expectResults(results$).toBe('---a--C 42ms (b|)', {
      b: { attempts: 2 },
      C: { kind: 'http', status: 404, attempts: 1 },
    });
  }),
);
`);
  });

  it('writes tests that pass', () => {
    const routes = { [a]: '3ms (p|)', [b]: ['2ms #', '40ms (p|)'], [c]: '4ms (4|)' };
    const events = drawnEvents({ routes, options: { concurrency: 2, retry: { backoff: () => 7 } } });
    const text = toMarbleSpec(events);
    expect(passes(text)).toBe(true);
    expect(passes(text.replace('40ms', '41ms'))).toBe(false);
  });

  it('draws an attempt that the timeout ended as one that never answers, if it is told the timeout', () => {
    const events = drawnEvents({
      routes: { [a]: '-' },
      options: { timeout: 30, retry: { limit: 2, backoff: () => 5 } },
    });
    const told = toMarbleSpec(events, { timeout: 30, retry: 2 });
    expect(routeAt(told, a)).toBe("['-', '-', '-']");
    expect(told).toContain('timeout: 30,');
    expect(passes(told)).toBe(true);
    expect(passes(told.replace('timeout: 30', 'timeout: 31'))).toBe(false);
    const untold = toMarbleSpec(events);
    expect(routeAt(untold, a)).toBe("['30ms t', '30ms t', '30ms t']");
    expect(untold).toContain("t: failure('timeout', { phase: 'attempt' }).error,");
    expect(passes(untold)).toBe(true);
  });

  it('draws what was nearly too late as in time', () => {
    const events = drawnEvents({ routes: { [a]: '29ms (p|)' }, options: { timeout: 30 } });
    const late = events.map((event) => (event.type === 'settle' ? { ...event, at: 31 } : event)); // the clock ticked
    expect(routeAt(toMarbleSpec(late, { timeout: 30 }), a)).toBe("'29ms (p|)'");
  });

  it('takes waits in order of failing', () => {
    const routes = { [a]: ['---#', '-#', '--(p|)'], [b]: ['-#', '-(p|)'] };
    let wait = 40;
    const events = drawnEvents({ routes, options: { retry: { backoff: () => (wait -= 10) } } });
    const text = toMarbleSpec(events);
    expect(text).toContain('const waits = [30, 20, 10];');
    expect(passes(text)).toBe(true);
    expect(passes(text.replace('[30, 20, 10]', '[30, 20, 9]'))).toBe(false);
  });

  it('draws each kind of failure with what its retry hangs on', () => {
    const errors = {
      d: failure('dns', { code: 'ENOTFOUND' }).error,
      e: failure('dns', { code: 'EAI_AGAIN', retryable: true }).error,
      f: failure('http', { status: 429, retryAfter: 50 }).error,
    };
    const routes = { [a]: '--d', [b]: ['-e', '-(p|)'], [c]: ['---f', '-(p|)'] };
    const text = toMarbleSpec(
      drawnEvents({ routes, values: errors, options: { retry: { backoff: () => 4 } } }),
    );
    expect(text).toContain("failure('dns', { code: 'ENOTFOUND' }).error");
    expect(text).toContain("failure('dns', { code: 'EAI_AGAIN', retryable: true }).error");
    expect(text).toContain("failure('http', { status: 429, retryAfter: 50 }).error");
    expect(passes(text)).toBe(true);
  });

  it('replays a signal', () => {
    const events = eventsOf(({ transport, abortSignal }, observer) =>
      fetchFrom([a, b], {
        transport: transport({ [a]: '--(p|)', [b]: '-' }),
        signal: abortSignal('40ms !'),
        events: observer,
      }),
    );
    const text = toMarbleSpec(events);
    expect(text).toContain("signal: abortSignal('40ms !'),");
    expect(passes(text)).toBe(true);
    expect(passes(text.replace('40ms !', '41ms !'))).toBe(false);
  });

  it('replays a signal that a record set off: it comes after that record', () => {
    const stop = new AbortController();
    const events = eventsOf(({ transport }, observer) => {
      const net = transport({ [a]: '40ms (p|)', [b]: '-' });
      const results$ = fetchFrom([a, b], { transport: net, signal: stop.signal, events: observer });
      return results$.pipe(tap(() => stop.abort()));
    });
    const text = toMarbleSpec(events);
    expect(text).toContain("toBe('40ms a(B|)'");
    expect(passes(text)).toBe(true);
  });

  it('lets the inputs of fetchEach come when they came', () => {
    const events = eventsOf(({ transport, hot }, observer) => {
      const net = transport({ [a]: '9ms (p|)', [b]: '9ms (p|)', [c]: '9ms (p|)' });
      return hot('a--b-- 30ms (c|)', { a, b, c: { url: c, method: 'PUT' } }).pipe(
        fetchEach({
          transport: net,
          concurrency: 1,
          maxQueued: 1,
          overflow: 'drop-oldest',
          events: observer,
        }),
      );
    });
    const queue = { maxQueued: 1, overflow: 'drop-oldest' } as const;
    const text = toMarbleSpec(events, { source: 'fetchEach', ...queue });
    expect(text).toContain("cold('a--b 32ms (c|)', {");
    expect(text).toContain("c: { url: 'http://c/', method: 'PUT' },");
    expect(passes(text)).toBe(true);
    expect(passes(text.replace('b 32ms', 'b 33ms'))).toBe(false);
  });

  it('gives a URL that is asked for twice its diagrams in order of asking', () => {
    const routes = { [a]: ['5ms (p|)', '--#', '--(4|)'] };
    const text = toMarbleSpec(
      drawnEvents({ inputs: [a, a], routes, options: { retry: { backoff: () => 9 } } }),
    );
    expect(routeAt(text, a)).toBe("['-----(p|)', '--#', '--(4|)']");
    expect(passes(text)).toBe(true);
  });

  it('makes room where records come so close that the notation cannot say it', () => {
    const routes = { [a]: '5ms (p|)', [b]: '5ms (p|)', [c]: '6ms (p|)', 'http://d/': '7ms (4|)' };
    const text = toMarbleSpec(drawnEvents({ routes }));
    expect(text).toMatch(/toBe\('-----a/);
    expect(passes(text)).toBe(true);
  });

  it('writes no password', () => {
    const events = drawnEvents({
      inputs: ['http://me:secret@a/', '//me:secret@a'],
      routes: { 'http://me:secret@a/': '-(p|)' },
    });
    const settled = events.map((event) => {
      if (event.type !== 'settle' || event.index === 1) return event;
      return { ...event, result: { ...success(0, 'value'), attempts: 1 } };
    });
    const text = toMarbleSpec(settled.filter(({ type }) => type !== 'wait'));
    expect(text).not.toContain('secret');
    expect(passes(text)).toBe(true);
  });

  it('is formatted as prettier does', async () => {
    const long = `http://${'long.'.repeat(12)}example/`;
    const routes = {
      [a]: ['#', '-(p|)'],
      [long]: ['99ms #', '#', '100ms (p|)'],
      [`${long}2`]: '-(p|)',
      [b]: '-t',
    };
    let wait = 1;
    const events = eventsOf(({ transport, hot }, observer) => {
      const inputs = {
        a,
        b: { url: b, method: 'PATCH', timeout: 90 },
        c: { url: long, timeout: 999 },
        d: `${long}2`,
      };
      const net = transport(routes, { t: failure('tls', { code: 'CERT_HAS_EXPIRED' }).error });
      const options = { transport: net, retry: { backoff: () => (wait += 7) }, events: observer };
      return hot('ab 20ms c 80ms (d|)', inputs).pipe(fetchEach(options));
    });
    const perHost = { concurrency: 4, delay: 0 };
    for (const options of [
      {},
      { perHost, retry: { limit: 3, budget: Infinity } },
      { source: 'fetchEach' as const },
    ]) {
      const text = toMarbleSpec(events, options);
      expect(text).toBe(await format(text, { parser: 'typescript', singleQuote: true }));
      expect(passes(text)).toBe(true);
    }
  });
});

describe('toMarbleSpec refuses', () => {
  const events = drawnEvents({
    routes: { [a]: '-(p|)', [b]: ['--#', '--(p|)'] },
    options: { retry: { backoff: () => 1 } },
  });
  const many = Array.from({ length: 27 }, () => a);

  it.each([
    ['no events', [], 'there are no events'],
    [
      'a run that is not over',
      events.slice(0, -1),
      'input 1 (http://b/) has no record: record a run to its end',
    ],
    ['a run that was joined late', events.slice(1), 'say nothing of the pull of input 0'],
    ['the events of two runs', [...events, ...events], 'of more than one run'],
    [
      'more inputs than letters',
      drawnEvents({ inputs: many, routes: { [a]: '-(p|)' } }),
      'got 27: record a run of fewer',
    ],
  ])('%s', (_, given, message) => {
    expect(() => toMarbleSpec(given)).toThrow(message);
  });

  it.each([
    [{ concurrency: 0 }, 'toMarbleSpec: expected `concurrency` to be'],
    [{ concurency: 2 }, 'there is no option `concurency`; did you mean `concurrency`?'],
    [{ maxQueued: 2 }, 'there is no option `maxQueued`'],
    [{ source: 'mergeMap' }, "expected `source` to be 'fetchFrom' or 'fetchEach', got \"mergeMap\" (string)"],
    [{ name: 7 }, 'expected `name` to be a string, got `7` (number)'],
    [
      { retry: { backoff: () => 1 } },
      'expected `retry.backoff` to be something that can be written down, got a function: leave it out',
    ],
    [
      { signal: new AbortController().signal },
      'there is no option `signal`; the options are name, source, conc',
    ],
  ])('the options %j', (options, message) => {
    expect(() => toMarbleSpec(events, options as object)).toThrow(message);
  });

  it('options under which the run would have gone otherwise', () => {
    expect(() => toMarbleSpec(events, { retry: 0 })).toThrow(
      'toMarbleSpec: input 1 (http://b/) was recorded as a success after 2 attempts, and replayed as a failure of kind network after 1 attempt. Pass the `retry` option that the run had',
    );
  });

  it('a `timeout` that would have ended attempts that it did not end', () => {
    const slow = drawnEvents({ routes: { [a]: '125ms (p|)', [b]: '30ms (p|)' } });
    expect(() => toMarbleSpec(slow, { timeout: 50 })).toThrow(
      'toMarbleSpec: an attempt at input 0 (http://a/) took 125 ms, and `timeout` (50 ms) would have ended it: pass the `timeout` that the run had',
    );
  });

  it('another number of retries, and names that option even where a timeout ended each attempt', () => {
    const timeout = 30;
    const late = drawnEvents({
      inputs: [a],
      routes: { [a]: '-' },
      options: { timeout, retry: { limit: 1, backoff: () => 5 } },
    });
    for (const retry of [0, 5]) {
      expect(() => toMarbleSpec(late, { timeout, retry })).toThrow(
        /Pass the `retry` option that the run had/,
      );
    }
    expect(passes(toMarbleSpec(late, { timeout, retry: 1 }))).toBe(true);
  });

  it('a run whose records a circuit refused, unless it is told of the circuit', () => {
    const circuit = { threshold: 1, window: 100, cooldown: 100, probes: 1 };
    const refused = drawnEvents({
      inputs: [a, a],
      routes: { [a]: '-#' },
      options: { circuit, concurrency: 1, retry: 0 },
    });
    expect(() => toMarbleSpec(refused)).toThrow(/circuit-open after 0 attempts.*Pass the `circuit` option/);
    expect(passes(toMarbleSpec(refused, { circuit }))).toBe(true);
  });
});

describe('a run against a server', { timeout: 60_000 }, () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));

  /** Runs the text as a spec of this project. @returns whether it passed, and what vitest had to say */
  async function vitest(text: string): Promise<{ passed: boolean; output: string }> {
    const folder = await mkdtemp(join(root, 'spec/observe/written-'));
    try {
      await writeFile(join(folder, 'recorded.spec.ts'), text);
      const args = [
        join(root, 'node_modules/vitest/vitest.mjs'),
        'run',
        '--config',
        'spec/vitest.config.ts',
        folder,
      ];
      const env = { ...process.env, NO_COLOR: '1', CI: '1' };
      const { stdout, stderr } = await promisify(execFile)(process.execPath, args, {
        cwd: root,
        env,
        timeout: 50_000,
      });
      return { passed: true, output: stdout + stderr };
    } catch (error) {
      const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
      return { passed: false, output: stdout + stderr };
    } finally {
      await rm(folder, { recursive: true });
    }
  }

  it('becomes a spec that passes, and fails when a number in it is changed', async () => {
    const asked = new Map<string, number>();
    const server = await serve(({ url = '' }, response) => {
      const attempt = (asked.get(url) ?? 0) + 1;
      asked.set(url, attempt);
      if (url === '/silent' || (url === '/mended' && attempt === 1)) return;
      response.statusCode = url === '/missing' ? 404 : 200;
      response.end('page');
    });
    onTestFinished(() => server.close());
    const options = { concurrency: 2, timeout: 300, retry: { limit: 2 } };
    const events: FetchEvent[] = [];
    const inputs = ['/a', '/silent', '/mended', '/missing'].map((path) => server.url + path);
    const results$ = fetchFrom(inputs, {
      ...options,
      retry: { ...options.retry, backoff: (retry) => 20 * retry },
      events: { next: (event) => events.push(event) },
    });
    const records = await lastValueFrom(results$.pipe(toArray()));
    expect(records.filter(({ ok }) => ok)).toHaveLength(2);

    const text = toMarbleSpec(events, options);
    expect(routeAt(text, inputs[1] ?? '')).toBe("['-', '-', '-']");
    const [written, mutated] = [
      await vitest(text),
      await vitest(text.replace('timeout: 300', 'timeout: 301')),
    ];
    expect(written.output).toContain('1 passed');
    expect(written.passed).toBe(true);
    expect(mutated.output).toContain('The results are not as drawn');
    expect(mutated.passed).toBe(false);
  });
});
