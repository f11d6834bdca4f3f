import type { Sample } from '../report-data.js';
import { button, el } from './dom.js';
import { foreign } from './foreign.js';
import { phasesOf } from './phases.js';
import { details, outcomeOf, phaseWords } from './sample-details.js';
import { time } from './words.js';

/** A bar on the track of a row. */
export interface Bar {
  readonly element: HTMLElement;
  readonly from: number;
  readonly to: number;
}

/** The row of a record: its name, which opens what is known of it, and its track. */
export function row(
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
