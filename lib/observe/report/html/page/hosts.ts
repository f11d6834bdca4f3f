import type { ReportData } from '../report-data.js';
import { button, el, scroller, section, tick } from './dom.js';
import { foreign } from './foreign.js';
import { bytes, count, counted, percent, time } from './words.js';

type Row = ReportData['hosts']['rows'][number];

interface Column {
  readonly head: string;
  readonly text: (row: Omit<Row, 'host'>) => string;
  readonly value: (row: Row) => number | string;
}

/** Is there where anything was cut off. */
const cutOff: Column = {
  head: 'Cut off',
  text: ({ cancelled }) => count(cancelled),
  value: ({ cancelled }) => cancelled,
};

const allColumns: readonly Column[] = [
  { head: 'Host', text: () => '', value: ({ host }) => host },
  { head: 'Inputs', text: ({ records }) => count(records), value: ({ records }) => records },
  { head: 'Failed', text: ({ failed }) => count(failed), value: ({ failed }) => failed },
  {
    head: 'Failed, %',
    text: ({ failed, records }) => percent(failed, records),
    value: ({ failed, records }) => failed / records,
  },
  cutOff,
  { head: 'Attempts', text: ({ requests }) => count(requests), value: ({ requests }) => requests },
  { head: 'Bodies', text: ({ bytes: size }) => bytes(size), value: (row) => row.bytes },
  { head: 'Median', text: ({ p50 }) => time(p50), value: ({ p50 }) => p50 },
  { head: '95%', text: ({ p95 }) => time(p95), value: ({ p95 }) => p95 },
];

/** Rows that are shown at first, and that each click adds. */
const pageful = 50;

/** What each host did: a table that sorts by each column and is filtered by a word. */
export function hosts({ hosts: { rows, others }, totals }: ReportData): HTMLElement {
  const columns = allColumns.filter((column) => column !== cutOff || totals.cancelled > 0);
  let sortedBy = 1;
  let isDescending = true;
  let word = '';
  let isFailedOnly = false;
  let shown = pageful;

  const body = el('tbody');
  const said = el('p', { class: 'soft', 'aria-live': 'polite' });
  const more = button('Show more', () => {
    shown += pageful;
    fill();
  });
  const heads = columns.map(({ head }, at) => {
    const sort = button(head, () => {
      isDescending = sortedBy === at ? !isDescending : at > 0;
      sortedBy = at;
      fill();
    });
    return el('th', { scope: 'col' }, sort);
  });
  const search = el('input', { type: 'search', placeholder: 'part of its name', spellcheck: 'false' });
  search.addEventListener('input', () => {
    word = search.value.trim().toLowerCase();
    shown = pageful;
    fill();
  });

  function fill(): void {
    const valueOf = columns[sortedBy]?.value ?? columns[0]?.value ?? (() => 0);
    const order = isDescending ? -1 : 1;
    const found = rows
      .filter((row) => row.host.toLowerCase().includes(word) && (!isFailedOnly || row.failed > 0))
      .sort((a, b) => compare(valueOf(a), valueOf(b)) * order || compare(a.host, b.host));
    body.replaceChildren(
      ...found.slice(0, shown).map((row) => rowElement(foreign(row.host, 'url'), row, columns)),
    );
    if (others && word === '' && !isFailedOnly && found.length <= shown) {
      body.append(rowElement(el('i', {}, counted(others.hosts, 'other host')), others, columns));
    }
    heads.forEach((head, at) => {
      head.setAttribute('aria-sort', at !== sortedBy ? 'none' : isDescending ? 'descending' : 'ascending');
    });
    more.hidden = found.length <= shown;
    said.textContent = `${count(Math.min(shown, found.length))} of ${counted(found.length, 'host')} shown`;
  }

  fill();
  return section(
    'hosts',
    'Hosts',
    el(
      'div',
      { class: 'tools' },
      el('label', {}, 'Find a host ', search),
      tick('only those with failures', (isOn) => {
        isFailedOnly = isOn;
        shown = pageful;
        fill();
      }),
    ),
    scroller(
      'Table of hosts',
      el('table', { class: 'sortable' }, el('thead', {}, el('tr', {}, ...heads)), body),
    ),
    said,
    more,
  );
}

function rowElement(name: HTMLElement, row: Omit<Row, 'host'>, columns: readonly Column[]): HTMLElement {
  const cells = columns.slice(1).map(({ text }) => el('td', { class: 'number' }, text(row)));
  return el('tr', {}, el('th', { scope: 'row' }, name), ...cells);
}

function compare(a: number | string, b: number | string): number {
  if (typeof a === 'string' || typeof b === 'string') return String(a) < String(b) ? -1 : a === b ? 0 : 1;
  return a - b;
}
