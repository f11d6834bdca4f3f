import fc from 'fast-check';
import { of, repeat } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import type { FetchEvent } from '../../lib/model/event.js';
import { marbleDiagram } from '../../lib/observe/index.js';
import { fetchEach } from '../../lib/operators/fetch-each.js';
import { page, success as successOf } from '../../lib/testing/index.js';
import { success } from '../support/records.js';
import { drawnEvents, eventsOf } from './recording.js';

const a = 'http://a/';
const b = 'http://b/';
const c = 'http://c/';

/** The lanes alone: without header, axis, labels. */
function lanesOf(diagram: string): string[] {
  const [, axis = '', ...lines] = diagram.split('\n');
  const margin = axis.indexOf('0');
  return lines.map((line) => line.slice(margin));
}

describe('marbleDiagram', () => {
  it('draws each input from its pull to its record, and the records below', () => {
    const routes = { [a]: '---(p|)', [b]: ['--#', '-----(p|)'], [c]: '----(4|)' };
    const events = drawnEvents({ routes, options: { concurrency: 2, retry: { backoff: () => 4 } } });
    expect(marbleDiagram(events)).toBe(
      [
        '3 inputs: 2 o, 1 x in 11 ms; a column is 1 ms',
        'ms             0         10',
        'a 0 http://a/  s--o',
        'b 1 http://b/  s-w...s----o',
        'c 2 http://c/    s---x',
        'records        ---a--C----b|',
      ].join('\n'),
    );
  });

  it('shows the head of a response, and where an input waits for its slot', () => {
    const events = eventsOf(({ hot, transport: drawn }, observer) => {
      const transport = drawn({ [a]: '---b--(p|)', [b]: '---b--(p|)' });
      const source = hot('a-b|', { a, b });
      return source.pipe(fetchEach({ transport, concurrency: 1, events: observer }));
    });
    expect(lanesOf(marbleDiagram(events))).toEqual(['s--r--o', '  p...s--r--o', '------a-----b|']);
  });

  it('shows in each column what tells most', () => {
    /** An input whose attempt of 5 ms fails, waits 5 ms and takes 5 ms again, where a column is so many ms. */
    const laneAt = (ms: number): string | undefined => {
      const routes = { [a]: ['-----#', '-----(p|)'], [b]: `${ms * 20}ms (p|)` };
      const diagram = marbleDiagram(drawnEvents({ routes, options: { retry: { backoff: () => 5 } } }), {
        width: 40,
      });
      expect(diagram).toContain(`a column is ${ms} ms`);
      return lanesOf(diagram)[0];
    };
    expect(laneAt(1)).toBe('s----w....s----o');
    expect(laneAt(2)).toBe('s-w..s-o');
    expect(laneAt(6)).toBe('wso'); // w over s
    expect(laneAt(10)).toBe('wo'); // o over s
    expect(laneAt(20)).toBe('o'); // o over w
  });

  it('begins at the first event, whatever the clock says', () => {
    const events = drawnEvents({ routes: { [a]: '--(p|)' } });
    const later = events.map((event) => ({ ...event, at: event.at + 1.7e12 }));
    expect(marbleDiagram(later)).toBe(marbleDiagram(events));
  });

  it('gives records of one column a line each', () => {
    const routes = { [a]: '--(p|)', [b]: '--(4|)', [c]: '--(p|)' };
    expect(lanesOf(marbleDiagram(drawnEvents({ routes }))).slice(3)).toEqual(['--a|', '  B', '  c']);
  });

  it('counts the records of each column where inputs have no letters', () => {
    const inputs = Array.from({ length: 30 }, (_, input) => (input % 10 === 9 ? b : a));
    const events = drawnEvents({
      inputs,
      routes: { [a]: '--(p|)', [b]: '---(4|)' },
      options: { concurrency: 20 },
    });
    expect(lanesOf(marbleDiagram(events, { rows: 0 }))).toEqual(['27 o, 3 x', '--+-9-|', '---2-1|']);
  });

  it('sums up the inputs that have no lane', () => {
    const inputs = [...Array.from({ length: 50 }, () => a), b, b];
    const routes = { [a]: '-(p|)', [b]: '-(4|)' };
    const lines = marbleDiagram(drawnEvents({ inputs, routes })).split('\n');
    expect(lines).toHaveLength(2 + 40 + 1 + 2);
    expect(lines[42]).toBe('… 12 more: 10 o, 2 x');
  });

  it('shows a run that is not over as far as it went', () => {
    const events = drawnEvents({ routes: { [a]: '-(p|)', [b]: '------(p|)', [c]: ['--#', '-(p|)'] } });
    const half = events.slice(0, events.findIndex(({ type }) => type === 'wait') + 1);
    expect(marbleDiagram(half)).toBe(
      [
        '3 inputs: 1 o, 2 unfinished in 2 ms; a column is 1 ms',
        'ms             0',
        'a 0 http://a/  so',
        'b 1 http://b/  s--',
        'c 2 http://c/  s-w',
        'records        -a-',
      ].join('\n'),
    );
  });

  it('shows inputs that were cancelled, and never started', () => {
    const stop = new AbortController();
    const events = eventsOf(({ scheduler, transport, hot }, observer) => {
      scheduler.schedule(() => stop.abort(), 4);
      const options = { transport: transport({ [a]: '-', [b]: '-' }), signal: stop.signal, concurrency: 1 };
      return hot('(ab)---|', { a, b }).pipe(fetchEach({ ...options, events: observer }));
    });
    expect(lanesOf(marbleDiagram(events))).toEqual(['s---x', 'p...x', '----A|', '    B']);
  });

  it('shows a run of no time in one column', () => {
    const events = eventsOf((_, observer) =>
      fetchFrom([a, 'nowhere'], { transport: () => of(page(a)), events: observer }),
    );
    expect(marbleDiagram(events)).toBe(
      [
        '2 inputs: 1 o, 1 x in 0 ms; a column is 1 ms',
        'ms             0',
        'a 0 http://a/  o',
        'b 1 "nowhere"  x',
        'records        a|',
        '               B',
      ].join('\n'),
    );
  });

  it('says that nothing happened', () => {
    expect(marbleDiagram([])).toBe('No events: no input was pulled.');
  });

  /** Two pipelines that report to one observer, the second at its second attempt when the first has its record. */
  const shared = (): FetchEvent[] =>
    eventsOf(({ transport }, events) => {
      const net = transport({ [a]: ['--#', '----(p|)'], [b]: '---(p|)' });
      const options = { transport: net, retry: { backoff: () => 1 }, events };
      fetchFrom([a], options).subscribe();
      return fetchFrom([b], options);
    });

  it('gives an index that two pipelines share two lanes', () => {
    expect(marbleDiagram(shared()).split('\n').slice(2)).toEqual([
      '0 http://a/    s-ws---o',
      '0/2 http://b/  s--o',
      'records o      ---1---1|',
      'records x      --------|',
    ]);
  });

  it('keeps such lanes apart when the events were stored and read again', () => {
    const read = JSON.parse(JSON.stringify(shared())) as FetchEvent[];
    expect(marbleDiagram(read)).toBe(marbleDiagram(shared()));
  });

  it('opens a lane for each run of a pipeline that is subscribed to again', () => {
    const events = eventsOf(({ transport }, observer) => {
      const results$ = fetchFrom([a], { transport: transport({ [a]: '--(p|)' }), events: observer });
      return results$.pipe(repeat(3));
    });
    expect(marbleDiagram(events).split('\n').slice(2, 5)).toEqual([
      '0 http://a/    s-o',
      '0/2 http://a/    s-o',
      '0/3 http://a/      s-o',
    ]);
  });

  it('sorts inputs by index, also those whose pull it was not told', () => {
    const result = success(1, 'value');
    const events: FetchEvent[] = [
      { type: 'response', index: 7, at: 10, attempt: 1, status: 200 },
      { type: 'pull', index: 3, at: 11, request: { url: b } },
      { type: 'settle', index: 1, at: 12, result },
    ];
    expect(marbleDiagram(events).split('\n').slice(2)).toEqual([
      'b 1 http://b/  ' + '  o',
      'd 3 http://b/   p.',
      'h 7 ?          r--',
      'records        --b',
    ]);
  });

  it('lets no time run backwards, nor be none', () => {
    const pull = (index: number, at: number): FetchEvent => ({
      type: 'pull',
      index,
      at,
      request: { url: a },
    });
    const events = [pull(0, NaN), pull(1, 100), pull(2, 105), pull(3, 90), pull(4, Infinity), pull(5, 107)];
    expect(lanesOf(marbleDiagram(events)).slice(0, 6)).toEqual([
      'p.......',
      'p.......',
      '     p..',
      '     p..',
      '     p..',
      '       p',
    ]);
  });

  it('keeps every line as narrow as it is told', () => {
    const inputs = Array.from(
      { length: 12 },
      (_, input) => `http://host-${input}.example/${'long/'.repeat(input)}`,
    );
    const routes = Object.fromEntries(inputs.map((url, input) => [url, `${input * 997}ms (p|)`]));
    const events = drawnEvents({ routes });
    for (const width of [40, 61, 100, 200]) {
      const lines = marbleDiagram(events, { width }).split('\n').slice(1);
      expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(width);
      expect(Math.max(...lines.map(({ length }) => length))).toBeGreaterThan(width * 0.7);
    }
  });

  it('draws many pipelines that share an observer, and an index, in time that grows as they do', () => {
    const lanes = 4_000;
    const requests = Array.from({ length: lanes }, (_, n) => ({ url: `http://a/${n}` }));
    const events: FetchEvent[] = [
      ...requests.map((request): FetchEvent => ({ type: 'pull', index: 0, at: 0, request })),
      ...requests.map((request): FetchEvent => ({ type: 'start', index: 0, at: 0, request, attempt: 1 })),
      ...requests.map((request): FetchEvent => {
        return {
          type: 'settle',
          index: 0,
          at: 9,
          result: { ...successOf('page'), request },
        };
      }),
    ];
    expect(marbleDiagram(events)).toMatch(/^4000 inputs: 4000 o in 9 ms/);
  });

  it('refuses an option that there is not', () => {
    expect(() => marbleDiagram([], { widht: 3 } as object)).toThrow(
      'marbleDiagram: there is no option `widht`; did you mean `width`?',
    );
  });

  it.each([
    ['width', { width: Infinity }, 'an integer from 40 up, got `Infinity` (number)'],
    ['width', { width: 39 }, 'an integer from 40 up, got `39` (number)'],
    ['width', { width: 50.5 }, 'an integer from 40 up, got `50.5` (number)'],
    ['rows', { rows: -1 }, 'an integer from 0 up, got `-1` (number)'],
  ])('refuses a wrong %s: %j', (name, options, rest) => {
    expect(() => marbleDiagram([], options)).toThrow(`marbleDiagram: expected \`${name}\` to be ${rest}`);
  });
});

describe('the label of a lane', () => {
  const labelOf = (request: FetchEvent & { type: 'pull' }): string =>
    marbleDiagram([request])
      .split('\n')[2]
      ?.replace(/ {2}p$/, '') ?? '';
  const pulled = (url: string, method?: string): FetchEvent & { type: 'pull' } => ({
    type: 'pull',
    index: 0,
    at: 0,
    request: method === undefined ? { url } : { url, method },
  });

  it.each([
    ['no password', pulled('http://me:secret@a/'), 'a 0 http://a/'],
    ['no password of what is no URL', pulled('//me:secret@a/'), 'a 0 "//***@a/"'],
    ['a method that is not GET', pulled(a, 'put'), 'a 0 PUT http://a/'],
    ['control characters as they are written', pulled('\u0007\u001b[31m'), 'a 0 "\\u0007\\u001b[31m"'],
    ['marks that turn the text around', pulled('http:x \u202ey'), 'a 0 "http:x \\u{202e}y"'],
    ['what is wider than a column', pulled('x 😀'), 'a 0 "x \\u{1f600}"'],
  ])('shows %s', (_, event, label) => {
    expect(labelOf(event)).toBe(label);
  });

  it('shows beginning and end of a long URL', () => {
    expect(labelOf(pulled(`http://a/${'x'.repeat(10_000)}?last`))).toMatch(/^a 0 http:\/\/.{2}…x+\?last$/);
  });

  it('shows that a request cannot be read', () => {
    const request = {
      get url(): string {
        throw new Error('not twice');
      },
    };
    expect(labelOf({ type: 'pull', index: 0, at: 0, request })).toMatch(/^a 0 A request …?/);
  });
});

describe('any stream of events', () => {
  const type = fc.constantFrom('pull', 'start', 'response', 'wait', 'settle');
  const event = fc.record({
    type,
    index: fc.nat(3),
    at: fc.double(),
    attempt: fc.nat(3),
    url: fc.string({ unit: 'binary' }),
  });

  it('makes a diagram of printable lines that fit', () => {
    fc.assert(
      fc.property(fc.array(event), fc.integer({ min: 40, max: 120 }), (drawn, width) => {
        const events = drawn.map(({ url, ...rest }) => ({
          ...rest,
          request: { url },
          until: 0,
          status: 200,
          error: new Error(),
          result: { ...success(rest.index, 'value'), request: { url } },
        })) as unknown as FetchEvent[];
        const [, ...lines] = marbleDiagram(events, { width }).split('\n');
        for (const line of lines) expect(line).toMatch(/^[\x20-\x7e…]*$/);
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
      }),
    );
  });
});
