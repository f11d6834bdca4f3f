import type { Sample } from '../report-data.js';
import { el, scroller, table, type Child } from './dom.js';
import { foreign, link } from './foreign.js';
import { phasesOf, type PhaseName } from './phases.js';
import { bytes, counted, time } from './words.js';

export const phaseWords: Readonly<Record<PhaseName, string>> = {
  queue: 'waiting for a slot',
  connect: 'connecting',
  headers: 'waiting for headers',
  request: 'connecting or waiting for headers',
  body: 'reading the body',
  wait: 'waiting for another attempt',
};

/** What became of a record, in a few words: `200`, `timeout`, `http 503`. */
export function outcomeOf({ kind, status }: Sample): string {
  return [kind ?? (status === undefined ? 'fetched' : ''), status ?? ''].join(' ').trim();
}

/** All that is known of a record. */
export function details(sample: Sample): HTMLElement {
  const { index, url, finalUrl, method, message, code, phase, attempts, waited, duration } = sample;
  const facts: readonly (readonly [string, Child])[] = [
    ['Asked for', el('span', {}, foreign(method ?? 'GET'), ' ', link(url))],
    ['Came from', finalUrl === undefined ? undefined : link(finalUrl)],
    ['Outcome', outcomeOf(sample)],
    ['Message', message === undefined ? undefined : foreign(message)],
    ['Code', code === undefined ? undefined : foreign(code)],
    ['Phase', phase === undefined ? undefined : foreign(phase)],
    ['Body', sample.bytes === undefined ? undefined : bytes(sample.bytes)],
    ['Time', `${counted(attempts, 'attempt')} in ${time(duration)}; ${time(waited)} waited`],
    ['Input', String(index)],
  ];
  return el(
    'div',
    { class: 'details' },
    el(
      'dl',
      { class: 'facts' },
      ...facts.flatMap(([name, value]) =>
        value === undefined ? [] : [el('dt', {}, name), el('dd', {}, value)],
      ),
    ),
    sample.tries === undefined ? undefined : phaseTable(sample),
  );
}

function phaseTable(sample: Sample): HTMLElement {
  const rows = phasesOf(sample).map(({ name, from, to, attempt }) => [
    attempt === 0 || name === 'wait' ? '' : String(attempt),
    phaseWords[name],
    time(from),
    time(to - from),
  ]);
  const heads = ['attempt', 'what', 'begins after', 'takes'];
  return el('details', {}, el('summary', {}, 'Phases'), scroller('Phases', table('', heads, rows)));
}
