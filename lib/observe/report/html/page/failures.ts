import type { FailureCell, ReportData } from '../report-data.js';
import { choice, el, section } from './dom.js';
import { foreign } from './foreign.js';
import { details } from './sample-details.js';
import { count, counted, percent } from './words.js';

type Dimension = 'kind' | 'host' | 'status';

/** Groups, parts of a group, and samples of a group that are shown. */
const mostGroups = 100;
const mostParts = 8;
const mostSamples = 12;

/** Failures by kind, host or status; each group opens. */
export function failures({ failures: { cells, advice }, totals, samples }: ReportData): HTMLElement {
  const failed = totals.records - totals.ok - totals.cancelled;
  if (failed === 0) return section('failures', 'Failures', el('p', {}, 'None.'));
  const place = el('div', { class: 'groups' });

  function show(by: Dimension): void {
    const groups = groupsOf(cells, by);
    const more = groups.length - mostGroups;
    place.replaceChildren(
      ...groups.slice(0, mostGroups).map((group) => groupElement(by, group)),
      ...(more > 0 ? [el('p', { class: 'soft' }, `… and ${counted(more, 'more group')}`)] : []),
    );
  }

  function groupElement(by: Dimension, { name, count: times, cells }: Group): HTMLElement {
    const others = (['kind', 'host', 'status'] as const).filter((dimension) => dimension !== by);
    const chosen = samplesOf(cells).slice(0, mostSamples);
    return el(
      'details',
      {},
      el(
        'summary',
        {},
        foreign(name, 'name'),
        el('span', { class: 'count' }, ` ${count(times)} `),
        el('span', { class: 'soft' }, percent(times, failed)),
      ),
      el(
        'div',
        { class: 'group' },
        ...[...new Set(cells.map(({ kind }) => kind))].map((kind) => adviceFor(kind, by, advice[kind])),
        ...others.map((dimension) => partsElement(dimension, groupsOf(cells, dimension))),
        el('h4', {}, chosen.length === times ? 'All of them' : counted(chosen.length, 'sample')),
        ...chosen.map((at) => {
          const sample = samples[at];
          return sample && details(sample);
        }),
      ),
    );
  }

  show('kind');
  const by = choice<Dimension>(
    'Group by',
    [
      ['kind', 'kind'],
      ['host', 'host'],
      ['status', 'HTTP status'],
    ],
    show,
  );
  return section('failures', 'Failures', el('div', { class: 'tools' }, by), place);
}

interface Group {
  readonly name: string;
  readonly count: number;
  readonly cells: readonly FailureCell[];
}

/** The most frequent first. */
function groupsOf(cells: readonly FailureCell[], by: Dimension): readonly Group[] {
  const groups = new Map<string, FailureCell[]>();
  for (const cell of cells) {
    const name = nameOf(cell, by);
    const known = groups.get(name);
    if (known) known.push(cell);
    else groups.set(name, [cell]);
  }
  return [...groups]
    .map(([name, its]) => ({ name, cells: its, count: its.reduce((sum, { count }) => sum + count, 0) }))
    .sort((a, b) => b.count - a.count);
}

function nameOf({ kind, host, status }: FailureCell, by: Dimension): string {
  if (by === 'kind') return kind;
  if (by === 'host') return host ?? 'further hosts';
  return status === undefined ? 'no response' : String(status);
}

/** One of each cell, then the second ones, and so on: what is alike comes late. */
function samplesOf(cells: readonly FailureCell[]): readonly number[] {
  const rounds = Math.max(0, ...cells.map(({ samples }) => samples.length));
  return Array.from({ length: rounds }, (_, round) => cells.map(({ samples }) => samples[round]))
    .flat()
    .filter((at) => at !== undefined);
}

function adviceFor(kind: string, by: Dimension, words: string | undefined): HTMLElement | undefined {
  if (words === undefined) return undefined;
  const marked = words.split('`').map((part, at) => (at % 2 === 1 ? el('code', {}, part) : part));
  return el('p', { class: 'advice' }, el('b', {}, by === 'kind' ? 'What to do: ' : `${kind}: `), ...marked);
}

function partsElement(by: Dimension, groups: readonly Group[]): HTMLElement {
  const word = { kind: 'Kinds', host: 'Hosts', status: 'Status' }[by];
  const shown = groups.slice(0, mostParts);
  const rest = groups.slice(mostParts).reduce((sum, { count }) => sum + count, 0);
  return el(
    'p',
    { class: 'parts' },
    el('b', {}, `${word}: `),
    ...shown.flatMap(({ name, count: times }, at) => [at > 0 ? ', ' : '', foreign(name), ` ${count(times)}`]),
    rest > 0 ? `, others ${count(rest)}` : undefined,
  );
}
