import type { ReportData } from '../report-data.js';
import { el, section } from './dom.js';
import { bytes, count, counted, number, percent, time } from './words.js';

/** The numbers of a run, and a bar of how its inputs ended. */
export function overview({ totals, outcomes, latency }: ReportData): HTMLElement {
  const { records, ok, cancelled, attempts, duration } = totals;
  const failed = records - ok - cancelled;
  const perSecond = duration !== undefined && duration > 0 ? (records / duration) * 1_000 : undefined;
  const [p50, p95] = [50, 95].map(
    (wanted) => latency.percentiles.find(([percent]) => percent === wanted)?.[1],
  );
  return section(
    'overview',
    'Outcome',
    el(
      'dl',
      { class: 'tiles' },
      ...tile('Inputs', count(records)),
      ...tile('Fetched', count(ok), percent(ok, records)),
      ...tile('Failed', count(failed), percent(failed, records)),
      ...(cancelled === 0 ? [] : tile('Cut off', count(cancelled), percent(cancelled, records))),
      ...tile('Attempts', count(attempts), records > 0 ? `${number(attempts / records)} an input` : ''),
      ...tile('Bodies', bytes(totals.bytes)),
      ...(duration === undefined ? [] : tile('Took', time(duration))),
      ...(perSecond === undefined ? [] : tile('Records', `${number(perSecond)}/s`)),
      ...(p50 === undefined || p95 === undefined ? [] : tile('Median', time(p50), `95% within ${time(p95)}`)),
    ),
    ...(records === 0 ? [el('p', {}, 'No record came.')] : bar(outcomes, records)),
    statuses(totals.statuses),
  );
}

function tile(name: string, value: string, more = ''): readonly HTMLElement[] {
  const parts = [el('dt', {}, name), el('dd', {}, value), el('dd', { class: 'soft' }, more)];
  return [el('div', {}, ...parts)];
}

function bar(outcomes: ReportData['outcomes'], records: number): readonly HTMLElement[] {
  const colorOf = (kind: string, place: number): string => (kind === 'ok' ? 'ok' : `kind-${place % 4}`);
  const parts = outcomes.map(({ kind, count: times }, place) => {
    const part = el('span', { class: `part ${colorOf(kind, place)}` });
    part.style.flexGrow = String(times / records);
    return part;
  });
  const names = outcomes.map(({ kind, count: times }, place) =>
    el(
      'li',
      {},
      el('span', { class: `key bars ${colorOf(kind, place)}`, 'aria-hidden': 'true' }),
      `${kind === 'ok' ? 'fetched' : kind} ${count(times)} (${percent(times, records)})`,
    ),
  );
  return [
    el('div', { class: 'outcomes', 'aria-hidden': 'true' }, ...parts),
    el('ul', { class: 'keys', 'aria-label': `How ${counted(records, 'input')} ended` }, ...names),
  ];
}

function statuses(list: ReportData['totals']['statuses']): HTMLElement | undefined {
  if (list.length === 0) return undefined;
  const words = list.map(({ status, count: times }) =>
    el('li', {}, el('b', {}, String(status)), ` ${count(times)}`),
  );
  return el('div', {}, el('h3', {}, 'HTTP status'), el('ul', { class: 'keys' }, ...words));
}
