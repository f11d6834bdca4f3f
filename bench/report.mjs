import { ratioOf } from './measure.mjs';
import { contestants } from './races.mjs';
import { mebi, table, whole } from './table.mjs';

/** A race: what was done, its table, and what failed. */
export function raceReport(race, results) {
  const rows = race.watchFrom === undefined ? raceTable(race, results) : scaleTable(race, results);
  const failures = [...results].filter(([, { failure }]) => failure !== undefined);
  const notes = failures.map(([name, { failure }]) => `- ${name} failed: ${failure}`);
  return [`## ${race.title}`, preamble(race), rows, notes.join('\n')].filter(Boolean).join('\n\n');
}

/** What was promised, and whether it was kept. */
export function budgetReport(budgets) {
  const rows = budgets.map(({ work, rule, value, unit, met }) => [
    work,
    rule,
    value === undefined ? '–' : `${value.toFixed(2)}${unit}`,
    met === undefined ? 'not measured' : met ? 'met' : '**missed**',
  ]);
  return `## Budgets\n\n${table(2, ['work', 'budget', 'measured', 'verdict'], rows)}`;
}

function preamble({ rounds, watchFrom, note = '' }) {
  const how =
    `Median of ${rounds} ${rounds === 1 ? 'round' : 'rounds'}, each run in a process of its own. ${note}`.trim();
  return watchFrom === undefined
    ? how
    : `${how} URLs come from a generator, records are looked at and let go. Growth is the highest RSS after the first ${whole(watchFrom)} URLs, less the RSS there.`;
}

const speedInPages = {
  key: 'rate',
  unit: 'pages/s',
  show: whole,
  range: ({ slowest, fastest }) => [slowest, fastest],
};

const speedInSeconds = {
  key: 'seconds',
  unit: 'seconds',
  show: (seconds) => seconds.toFixed(2),
  range: ({ slowest, fastest }, count) => [count / slowest, count / fastest],
};

function raceTable({ entries, reference, inSeconds = false }, results) {
  const speed = inSeconds ? speedInSeconds : speedInPages;
  const base = results.get(reference);
  const rows = entries.map(({ name, contestant, count }) => {
    const result = results.get(name);
    const start = [name, contestants[contestant].about, whole(count)];
    if (result.failure !== undefined) return [...start, 'failed'];
    const range = speed.range(result, count).map(speed.show).join('–');
    const times = ratioOf(result, base, speed.key);
    const ratio = times === undefined ? '–' : `${times.toFixed(2)}×`;
    return [...start, speed.show(result[speed.key]), range, result.cpu.toFixed(1), mebi(result.peak), ratio];
  });
  const figures = [speed.unit, 'slowest–fastest', 'CPU µs/page', 'peak RSS MiB', `to ${reference}`];
  return table(2, ['contestant', 'made of', 'URLs', ...figures], rows);
}

function scaleTable({ entries, watchFrom }, results) {
  const rows = entries.map((entry) => {
    const { seconds, rate, cpu, peak, rssFrom, growth, failure } = results.get(entry.name);
    const start = [entry.contestant, whole(entry.count)];
    if (failure !== undefined) return [...start, 'failed'];
    const memory = entry.watchFrom === undefined ? ['–', '–'] : [mebi(rssFrom), mebi(growth)];
    return [...start, seconds.toFixed(2), whole(rate), cpu.toFixed(1), mebi(peak), ...memory];
  });
  const figures = ['seconds', 'results/s', 'CPU µs/result', 'peak RSS MiB', `MiB at ${whole(watchFrom)}`];
  return table(1, ['contestant', 'URLs', ...figures, 'growth MiB'], rows);
}
