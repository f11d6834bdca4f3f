import type { Choice, ReportData, Sample } from '../report-data.js';
import { button, choice, el, section, tick } from './dom.js';
import type { PhaseName } from './phases.js';
import { phaseWords } from './sample-details.js';
import { followMouse } from './waterfall-mouse.js';
import { row, type Bar } from './waterfall-row.js';
import { counted, time, unfetched } from './words.js';
import { moved, ticksOf, within, zoomed, type View } from './zoom.js';

const nothing: View = { from: 0, to: 1 };

/** What some records spent their time with, on one time axis that can be zoomed. */
export function waterfall({ waterfall: choices, samples, samplesLeftOut, totals }: ReportData): HTMLElement {
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
          ['failed', `${unfetched(totals)} (${of('failed').length})`],
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
