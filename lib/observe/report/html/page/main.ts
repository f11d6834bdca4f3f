import type { ReportData } from '../report-data.js';
import { el } from './dom.js';
import { failures } from './failures.js';
import { foreign, visible } from './foreign.js';
import { hosts } from './hosts.js';
import { latencies } from './latency.js';
import { marbles } from './marbles.js';
import { overview } from './overview.js';
import { overTime } from './over-time.js';
import { themeSwitch } from './theme.js';
import { waterfall } from './waterfall.js';
import { counted } from './words.js';

const data = JSON.parse(document.getElementById('data')?.textContent ?? '') as ReportData; // html-report.ts wrote it
const { title, totals } = data;
document.title = visible(title);

const theme = themeSwitch();
const sections = [
  overview(data),
  latencies(data),
  overTime(data),
  failures(data),
  waterfall(data),
  hosts(data),
  marbles(data),
].filter((part) => part !== undefined);
const links = sections.map(({ id, firstElementChild }) =>
  el('a', { href: `#${id}` }, firstElementChild?.textContent ?? id),
);
const begin = totals.begin === undefined ? '' : `, begun ${dateOf(totals.begin)}`;

document.body.append(
  el('a', { href: '#main', class: 'skip' }, 'Skip to the report'),
  el(
    'header',
    {},
    el('h1', {}, foreign(title)),
    el('p', { class: 'soft' }, `${counted(totals.records, 'input')}${begin}`),
    theme,
    el('nav', { 'aria-label': 'Parts' }, ...links),
  ),
  el('main', { id: 'main', tabindex: -1 }, ...sections),
  el('footer', {}, 'Made by sluice from the records of a run. Charts by uPlot (MIT License).'),
);

/** Times of a test, or of a file that somebody made, may be no dates. */
function dateOf(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime())
    ? `${ms} ms`
    : `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
