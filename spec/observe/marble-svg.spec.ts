import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import type { FetchEvent } from '../../lib/model/event.js';
import { marbleSvg } from '../../lib/observe/index.js';
import { success } from '../support/records.js';
import { drawnEvents, eventsOf } from './recording.js';

const a = 'http://a/';
const b = 'http://b/';
const c = 'http://c/';

/** An element of a picture. */
interface Shape {
  readonly name: string;
  readonly kind: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
}

/** The elements of an SVG in order, with what they hold. Throws when it is not well-formed. */
function shapesOf(svg: string): Shape[] {
  const shapes: Shape[] = [];
  const open: string[] = [];
  const tag = /<(\/?)([a-z]+)((?: [A-Za-z]+="[^"<]*")*)(\/?)>|([^<]+)/gy;
  while (tag.lastIndex < svg.length) {
    const at = tag.lastIndex;
    const found = tag.exec(svg);
    if (!found) throw new Error(`not well-formed: ${svg.slice(at, at + 80)}`);
    const [, closing, name = '', written = '', empty, text] = found;
    if (text !== undefined) {
      if (/&(?!(amp|lt|gt|quot);)/.test(text)) throw new Error(`a bare & in ${text}`);
      const last = shapes.pop();
      if (last) shapes.push({ ...last, text: last.text + text });
      continue;
    }
    if (closing) {
      if (open.pop() !== name) throw new Error(`</${name}> closes what is not open`);
      continue;
    }
    const attributes = Object.fromEntries(
      [...written.matchAll(/([A-Za-z]+)="([^"]*)"/g)].map(([, key, value]) => [key, value]),
    );
    shapes.push({ name, kind: attributes.class ?? '', attributes, text: '' });
    if (!empty) open.push(name);
  }
  if (open.length > 0) throw new Error(`not closed: ${open.join(' ')}`);
  return shapes;
}

/** How many shapes of a kind there are, less those of the legend. */
function count(svg: string, kind: string): number {
  const inLegend: Readonly<Record<string, number>> = {
    waits: 1,
    head: 1,
    start: 1,
    body: 1,
    response: 1,
    again: 2,
    ok: 1,
    fail: 1,
  };
  return shapesOf(svg).filter((shape) => shape.kind === kind).length - (inLegend[kind] ?? 0);
}

const textsOf = (svg: string): string[] =>
  shapesOf(svg)
    .filter(({ name }) => name === 'text')
    .map(({ text }) => text);

const drawn = drawnEvents({
  routes: { [a]: '---(p|)', [b]: ['--#', '-----(p|)'], [c]: '----(4|)' },
  options: { concurrency: 2, retry: { backoff: () => 4 } },
});

describe('marbleSvg', () => {
  it('has a bar and a mark for each attempt, dots for each wait, and a mark and a marble for each record', () => {
    const svg = marbleSvg(drawn);
    expect(count(svg, 'head')).toBe(4);
    expect(count(svg, 'start')).toBe(4);
    expect(count(svg, 'waits')).toBe(3 + 1); // three pulls, one retry
    expect(count(svg, 'again')).toBe(2); // two strokes
    expect(count(svg, 'ok')).toBe(2 * 2);
    expect(count(svg, 'fail')).toBe(2 * 1);
    expect(count(svg, 'end')).toBe(1);
    expect(
      shapesOf(svg)
        .filter(({ kind }) => kind === 'letter')
        .map(({ text }) => text),
    ).toEqual(['a', 'C', 'b']);
  });

  it('says what became of each input, to the eye and to who cannot see it', () => {
    const svg = marbleSvg(drawn);
    expect(textsOf(svg)).toEqual(
      expect.arrayContaining(['a 0 http://a/', '200', '200, 2 attempts', 'http 404']),
    );
    const [root, title, description] = shapesOf(svg);
    expect(root?.attributes).toMatchObject({ role: 'img', xmlns: 'http://www.w3.org/2000/svg' });
    expect(title).toMatchObject({ name: 'title', text: '3 inputs in 11 ms: 2 fetched, 1 failed' });
    expect(description).toMatchObject({ name: 'desc' });
    expect(description?.text).toContain('Input 1, http://b/: 200, 2 attempts, 11 ms.');
  });

  it('draws an attempt thick from its response on, and tells its status', () => {
    const events = eventsOf(({ transport }, observer) =>
      fetchFrom([a], {
        transport: transport({ [a]: '---b-----(3|)' }),
        acceptStatus: () => true,
        events: observer,
      }),
    );
    const svg = marbleSvg(events);
    expect([count(svg, 'head'), count(svg, 'body'), count(svg, 'response')]).toEqual([1, 1, 1]);
    expect(textsOf(svg)).toContain('304');
  });

  it('places what happens by its time', () => {
    const xs = shapesOf(marbleSvg(drawn))
      .filter(({ name, kind }) => name === 'text' && kind === 'letter')
      .map(({ attributes }) => Number(attributes['x']));
    const [first = 0, second = 0, third = 0] = xs; // at 3, 6 and 11 ms
    expect((third - first) / (second - first)).toBeCloseTo(8 / 3, 1);
  });

  it('lets no marble cover another', () => {
    const routes = { [a]: '-(p|)', [b]: '-(4|)', [c]: '2ms (p|)', 'http://d/': '500ms (p|)' };
    const marbles = shapesOf(marbleSvg(drawnEvents({ routes }))).filter(({ kind }) => kind === 'letter');
    const places = marbles.map(
      ({ attributes }) => [Number(attributes['x']), Number(attributes['y'])] as const,
    );
    for (const [x, y] of places) {
      const near = places.filter(([otherX, otherY]) => Math.hypot(otherX - x, otherY - y) < 18);
      expect(near).toHaveLength(1);
    }
  });

  it('counts the records of inputs that have no letters, and sums up those without a lane', () => {
    const inputs = Array.from({ length: 60 }, (_, input) => (input % 10 === 9 ? b : a));
    const svg = marbleSvg(drawnEvents({ inputs, routes: { [a]: '-(p|)', [b]: '-(4|)' } }), { rows: 20 });
    expect(textsOf(svg)).toContain('… 40 more: 36 fetched, 4 failed');
    expect(count(svg, 'letter')).toBe(0);
    expect(shapesOf(svg).filter(({ name, kind }) => name === 'rect' && kind === 'ok').length).toBeGreaterThan(
      0,
    );
  });

  it('shows what is unfinished up to the end of the events, and no end of the records', () => {
    const svg = marbleSvg(drawn.slice(0, 6));
    expect(textsOf(svg)).toContain('unfinished');
    expect(count(svg, 'end')).toBe(0);
  });

  it('is made of nothing that GitHub takes out, or that is fetched', () => {
    const svg = marbleSvg(drawn);
    expect(new Set(shapesOf(svg).map(({ name }) => name))).toEqual(
      new Set(['svg', 'title', 'desc', 'style', 'rect', 'text', 'path', 'g', 'circle']),
    );
    expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(
      /url\(|href|@import|@font-face|\son\w+=/,
    );
    expect(svg).toContain('@media (prefers-color-scheme:dark)');
  });

  it('has a colour in the dark for each that it has in the light', () => {
    const [light = '', dark = ''] = [...marbleSvg(drawn).matchAll(/\.sluice\{(--[^}]*)\}/g)].map(
      ([, css]) => css,
    );
    const names = (css: string): string[] => css.split(';').map((rule) => rule.split(':')[0] ?? '');
    expect(names(dark)).toEqual(names(light));
    for (const [, used] of marbleSvg(drawn).matchAll(/var\((--\w+)\)/g)) expect(names(light)).toContain(used);
  });

  it('says that nothing happened', () => {
    expect(textsOf(marbleSvg([]))).toEqual(['No events: no input was pulled.']);
  });

  it.each([
    [{ width: 399 }, 'marbleSvg: expected `width` to be an integer from 400 up, got `399` (number)'],
    [{ rows: 1.5 }, 'marbleSvg: expected `rows` to be an integer from 0 up, got `1.5` (number)'],
  ])('refuses %j', (options, message) => {
    expect(() => marbleSvg([], options)).toThrow(message);
  });

  it('shows a URL that is made of tags as it stands', () => {
    const request = { url: '</text><b a="&lt;">' };
    const svg = marbleSvg([{ type: 'pull', index: 0, at: 0, request }]);
    expect(textsOf(svg)).toContain(
      String.raw`a 0 &quot;&lt;/text&gt;&lt;b a=\&quot;&amp;lt;\&quot;&gt;&quot;`,
    );
  });

  it('is well-formed and within its width, whatever the events are', () => {
    const type = fc.constantFrom('pull', 'start', 'response', 'wait', 'settle');
    const event = fc.record({
      type,
      index: fc.nat(40),
      at: fc.double(),
      attempt: fc.nat(3),
      url: fc.string({ unit: 'binary' }),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), fc.integer({ min: 400, max: 1000 }), (all, width) => {
        const events = all.map(({ url, ...rest }) => ({
          ...rest,
          request: { url },
          status: 200,
          result: { ...success(rest.index, 'value'), request: { url } },
        })) as unknown as FetchEvent[];
        for (const { attributes } of shapesOf(marbleSvg(events, { width }))) {
          expect(Object.values(attributes).join(' ')).not.toMatch(/NaN|Infinity|undefined/);
          expect(Number(attributes['x'] ?? 0)).toBeLessThanOrEqual(width);
        }
      }),
    );
  });
});
