import { drawAligned, type Mark } from '../../testing/drawing.js';
import { inputCount, letterOf, tally } from '../record-marks.js';
import type { RecordedRun } from '../recorded-run.js';
import { assigned, call, object, print, raw, value, type Code } from './code.js';
import { marksOf } from './drawable.js';
import type { Answer, Replay, ReplayInput } from './replay.js';
import type { Simulated } from './simulate.js';

/** The text of a vitest spec. */
export function specText(run: RecordedRun, name: string, replay: Replay, simulated: Simulated): string {
  const { letters, waits, arrivals, abortAt, routes } = replay;
  const operator = arrivals ? 'fetchEach' : 'fetchFrom';
  const helpers = [
    ...(arrivals ? ['cold'] : []),
    ...(abortAt === undefined ? [] : ['abortSignal']),
    ...(letters.size > 0 ? ['failure'] : []),
    'transport',
    'expectResults',
  ];
  const values = Object.fromEntries([...letters].map(([letter, { code }]) => [letter, code]));
  const isEmpty = routes.size === 0;

  const statements = [
    ...(isEmpty ? [] : [constant('routes', object(Object.fromEntries([...routes].map(routeOf))), 'open')]),
    ...(letters.size > 0 ? [constant('values', object(values), 'open')] : []),
    ...(hasTurns(waits) ? [constant('waits', value(waits))] : []),
    constant(
      'net',
      call('transport', raw(isEmpty ? '{}' : 'routes'), ...(letters.size > 0 ? [raw('values')] : [])),
    ),
    ...(arrivals
      ? [constant('source', sourceOf(replay))]
      : [constant('inputs', value(replay.inputs.map(inputOf)))]),
    constant('results$', resultsOf(replay)),
    `    ${print(expectation(simulated), 4, 4, 1)};`,
  ];
  return [
    `import { ${operator} } from 'sluice';`,
    `import { marbles } from 'sluice/testing';`,
    `import { it } from 'vitest';`,
    '',
    `// Recorded: ${inputCount(run)} in ${Math.round(run.duration)} ms, ${tally(run.lanes)}.`,
    'it(',
    `  ${print(value(name))},`,
    `  marbles(({ ${helpers.join(', ')} }) => {`,
    ...statements,
    '  }),',
    ');',
    '',
  ].join('\n');
}

/** @param form `open` for an object over several lines even where it would fit in one */
function constant(name: string, code: Code, form: 'open' | 'short' = 'short'): string {
  const begin = `const ${name} =`;
  return form === 'open' ? `    ${begin} ${print(code, 4, 80)};` : `    ${assigned(begin, code, 4, 1)};`;
}

function routeOf([url, answers]: readonly [string, readonly Answer[]]): [string, string | string[]] {
  const diagrams = answers.map(diagramOf);
  return [url, diagrams.length === 1 ? (diagrams[0] ?? '') : diagrams];
}

function diagramOf({ after, letter }: Answer): string {
  if (letter === '-') return '-';
  const end = /[p2-5]/.test(letter) ? [{ frame: after, mark: '|' }] : [];
  return drawn([{ frame: after, mark: letter }, ...end]);
}

function drawn(marks: readonly Mark[]): string {
  return drawAligned([marks])[0]?.diagram.trim() ?? '';
}

function inputOf(input: ReplayInput): string | ReplayInput {
  return input.method === undefined && input.timeout === undefined ? input.url : input;
}

function sourceOf({ inputs, arrivals = [] }: Replay): Code {
  const marks = arrivals.map((frame, index) => ({ frame, mark: letterOf(index) }));
  const diagram = drawn([...marks, { frame: arrivals.at(-1) ?? 0, mark: '|' }]);
  return call(
    'cold',
    diagram,
    object(Object.fromEntries(inputs.map((input, index) => [letterOf(index), inputOf(input)]))),
  );
}

function hasTurns(waits: readonly number[]): boolean {
  return new Set(waits).size > 1;
}

function optionsOf({ options, waits, abortAt }: Replay): object {
  const { retry } = options;
  const [wait] = waits;
  const backoff = hasTurns(waits) ? '() => waits.shift() ?? 0' : `() => ${wait ?? 0}`;
  const parts = typeof retry === 'object' ? retry : { limit: retry === false ? 0 : retry };
  return {
    transport: raw('net'),
    ...options,
    retry: wait === undefined ? retry : { ...parts, backoff: raw(backoff) },
    signal: abortAt === undefined ? undefined : call('abortSignal', drawn([{ frame: abortAt, mark: '!' }])),
  };
}

/** The options stand in the call, which tells TypeScript what they are. */
function resultsOf(replay: Replay): Code {
  const options = object(optionsOf(replay));
  if (replay.arrivals) return call('source.pipe', call('fetchEach', options));
  return call('fetchFrom', raw('inputs'), options);
}

/** What was recorded of failures, and of inputs that took more than one attempt. */
function expectation(simulated: Simulated): Code {
  const told = simulated.records.flatMap(({ result }): [string, object][] => {
    const { attempts } = result;
    const letter = letterOf(result.index);
    if (result.ok) return attempts > 1 ? [[letter, { attempts }]] : [];
    const { kind, status } = result.error;
    return [[letter.toUpperCase(), { kind, status, attempts }]];
  });
  told.sort(([a], [b]) => a.localeCompare(b));
  const diagram = drawn(marksOf(simulated));
  const expected = told.length > 0 ? [object(Object.fromEntries(told))] : [];
  return call('expectResults(results$).toBe', diagram, ...expected);
}
