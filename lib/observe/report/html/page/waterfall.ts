import type { Choice, ReportData, Sample } from '../report-data.js';
import { button, choice, el, section, tick } from './dom.js';
import { foreign } from './foreign.js';
import { phasesOf, type PhaseName } from './phases.js';
import { details, outcomeOf, phaseWords } from './sample-details.js';
import { counted, time } from './words.js';
import { moved, ticksOf, within, zoomed, type View } from './zoom.js';

/** A bar on the track of a row. */
interface Bar {
  readonly element: HTMLElement;
  readonly from: number;
  readonly to: number;
}

const nothing: View = { from: 0, to: 1 };

/** What some records spent their time with, on one time axis that can be zoomed. */
export function waterfall({ waterfall: choices, samples, samplesLeftOut }: ReportData): HTMLElement {
  const of = (name: Choice): readonly Sample[] =>
    choices[name].flatMap((at) => samples[at] ?? []).filter(({ settled }) => settled !== undefined);
  let name: Choice = 'slowest';
  let isTogether = false;
  let whole = nothing;
  let view = nothing;
  let bars: readonly Bar[] = [];
  const axis = el('div', { class: 'axis', 'aria-hidden': 'true' });
  const rows = el('div');
  const said = el('p', { class: 'readout', 'aria-live': 'polite' });
  const shade = el('div', { class: 'shade', hidden: true });

  function show(to: View): void {
    view = to;
    const share = (at: number): number => (at - view.from) / (view.to - view.from);
    for (const { element, from, to: end } of bars) {
      const [left, right] = [Math.max(0, share(from)), Math.min(1, share(end))];
      element.hidden = right <= left && !(from === end && share(from) >= 0 && share(from) <= 1);
      element.style.left = `${left * 100}%`;
      element.style.width = `${Math.max(0, right - left) * 100}%`;
    }
    const most = Math.max(2, Math.floor(axis.clientWidth / 80));
    const marks = ticksOf(view, most).map((at) => {
      const mark = el('span', {}, time(Math.round(at * 1_000) / 1_000));
      mark.style.left = `${share(at) * 100}%`;
      mark.classList.toggle('last', share(at) > 0.9);
      return mark;
    });
    axis.replaceChildren(...marks);
    said.textContent = `Shown: ${time(view.from)} to ${time(view.to)}`;
  }

  function fill(): void {
    const list = of(name);
    const offset = ({ pulled = 0 }: Sample): number => (isTogether ? pulled : 0);
    whole = {
      from: isTogether ? Math.min(...list.map(offset)) : 0,
      to: Math.max(...list.map((sample) => offset(sample) + (sample.settled ?? 0))),
    };
    if (!(whole.to > whole.from)) whole = { from: whole.from, to: whole.from + 1 };
    if (list.length === 0) whole = nothing;
    const drawn = list.map((sample) => row(sample, offset(sample)));
    bars = drawn.flatMap(({ bars }) => bars);
    rows.replaceChildren(...drawn.map(({ element }) => element));
    if (list.length === 0)
      rows.replaceChildren(el('p', {}, 'There are none, or they do not say when things happened.'));
    show(whole);
  }

  const zoom = (factor: number, around = (view.from + view.to) / 2): void =>
    show(zoomed(view, factor, around, whole));
  const pan = (part: number): void => show(moved(view, part, whole));
  const actions: Readonly<Record<string, () => void>> = {
    '+': () => zoom(1 / 2),
    '=': () => zoom(1 / 2),
    '-': () => zoom(2),
    ArrowLeft: () => pan(-1 / 4),
    ArrowRight: () => pan(1 / 4),
    '0': () => show(whole),
  };
  const chart = el(
    'div',
    { class: 'waterfall', tabindex: 0, role: 'group', 'aria-label': `Waterfall. ${hint}` },
    el('div', { class: 'rows' }, axis, rows), // the axis is as wide as the tracks, beside the scroll bar
    shade,
  );
  chart.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const action = Object.hasOwn(actions, event.key) ? actions[event.key] : undefined;
    if (!action) return;
    event.preventDefault();
    action();
  });
  followMouse(chart, axis, shade, {
    view: () => view,
    select: (to) => show(within(to, whole)),
    zoom,
    all: () => show(whole),
  });
  new ResizeObserver(() => show(view)).observe(axis);
  fill();

  return section(
    'waterfall',
    'Waterfall',
    el(
      'div',
      { class: 'tools' },
      choice<Choice>(
        'Show the',
        [
          ['slowest', `slowest (${of('slowest').length})`],
          ['failed', `failed (${of('failed').length})`],
          ['first', `first (${of('first').length})`],
        ],
        (chosen) => {
          name = chosen;
          fill();
        },
      ),
      tick('when it was in the run', (isOn) => {
        isTogether = isOn;
        fill();
      }),
      button('Zoom in', () => zoom(1 / 2)),
      button('Zoom out', () => zoom(2)),
      button('Left', () => pan(-1 / 4), { 'aria-label': 'Earlier' }),
      button('Right', () => pan(1 / 4), { 'aria-label': 'Later' }),
      button('All', () => show(whole), { 'aria-label': 'Show all of the time' }),
    ),
    el('ul', { class: 'keys' }, ...(Object.keys(phaseWords) as PhaseName[]).map(keyOf)),
    chart,
    said,
    el('p', { class: 'soft' }, hint),
    samplesLeftOut === 0
      ? undefined
      : el('p', { class: 'soft' }, `${counted(samplesLeftOut, 'record')} had no room in this file.`),
  );
}

const hint =
  'Keys: + and - zoom, the arrows move, 0 shows all. Mouse: drag to zoom in, Ctrl and the wheel zoom, double-click shows all.';

function keyOf(name: PhaseName): HTMLElement {
  return el('li', {}, el('span', { class: `key phase ${name}`, 'aria-hidden': 'true' }), phaseWords[name]);
}

/** The row of a record: its name, which opens what is known of it, and its track. */
function row(
  sample: Sample,
  offset: number,
): { readonly element: HTMLElement; readonly bars: readonly Bar[] } {
  const bars = phasesOf(sample).map(({ name, from, to, attempt }) => {
    const title = `${phaseWords[name]}${attempt > 0 ? ` (attempt ${attempt})` : ''}: ${time(to - from)}`;
    return { element: el('span', { class: `phase ${name}`, title }), from: offset + from, to: offset + to };
  });
  const end = offset + (sample.settled ?? 0);
  const mark = el('span', { class: `end ${sample.kind === undefined ? 'ok' : 'fail'}` });
  const more = el('div', { hidden: true });
  const name = button(
    '',
    () => {
      more.hidden = !more.hidden;
      name.setAttribute('aria-expanded', String(!more.hidden));
      if (!more.hidden) more.replaceChildren(details(sample));
    },
    { class: 'row-name', 'aria-expanded': 'false' },
  );
  name.append(
    el('span', { class: `outcome ${sample.kind === undefined ? 'ok' : 'fail'}` }, outcomeOf(sample)),
    foreign(nameOf(sample.url), 'url'),
    el('span', { class: 'soft' }, time(sample.settled ?? sample.duration)),
  );
  const track = el(
    'div',
    { class: 'track', 'aria-hidden': 'true' },
    ...bars.map(({ element }) => element),
    mark,
  );
  const element = el('div', { class: 'row' }, name, track, more);
  return { element, bars: [...bars, { element: mark, from: end, to: end }] };
}

/** A URL without what they nearly all begin with. */
function nameOf(url: string): string {
  return url.replace(/^https?:\/\//, '');
}

/** What the mouse may do to a view. */
interface Zoomable {
  readonly view: () => View;
  readonly select: (view: View) => void;
  readonly zoom: (factor: number, around: number) => void;
  readonly all: () => void;
}

/** Selecting by dragging, the wheel with Ctrl, and double-click. `axis` is as wide as every track. */
function followMouse(chart: HTMLElement, axis: HTMLElement, shade: HTMLElement, zoomable: Zoomable): void {
  let begin: number | undefined;
  const isOnTrack = (event: MouseEvent): boolean =>
    event.target instanceof Element && event.target.closest('.track, .axis') !== null;
  const timeAt = ({ clientX }: MouseEvent): number => {
    const { left, width } = axis.getBoundingClientRect();
    const { from, to } = zoomable.view();
    return from + Math.min(1, Math.max(0, (clientX - left) / width)) * (to - from);
  };
  const shadeTo = (event: MouseEvent): void => {
    if (begin === undefined) return;
    const left = chart.getBoundingClientRect().left + chart.clientLeft;
    shade.hidden = Math.abs(event.clientX - begin) < 4;
    shade.style.left = `${Math.min(begin, event.clientX) - left}px`;
    shade.style.width = `${Math.abs(event.clientX - begin)}px`;
  };
  chart.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || event.pointerType === 'touch' || !isOnTrack(event)) return;
    begin = event.clientX;
    chart.setPointerCapture(event.pointerId);
  });
  chart.addEventListener('pointermove', shadeTo);
  chart.addEventListener('pointerup', (event) => {
    if (begin === undefined) return;
    const from = timeAt(new MouseEvent('mousemove', { clientX: begin }));
    const isDrag = Math.abs(event.clientX - begin) >= 4;
    begin = undefined;
    shade.hidden = true;
    const to = timeAt(event);
    if (isDrag) zoomable.select({ from: Math.min(from, to), to: Math.max(from, to) });
  });
  chart.addEventListener('pointercancel', () => {
    begin = undefined;
    shade.hidden = true;
  });
  chart.addEventListener('dblclick', (event) => {
    if (isOnTrack(event)) zoomable.all();
  });
  chart.addEventListener(
    'wheel',
    (event) => {
      if (!event.ctrlKey) return; // else the page could not be scrolled
      event.preventDefault();
      zoomable.zoom(event.deltaY < 0 ? 1 / 1.3 : 1.3, timeAt(event));
    },
    { passive: false },
  );
}
