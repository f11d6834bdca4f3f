import { exitCodeMeanings } from './exit-codes.js';
import { programFor } from './program.js';
import { verbNames, verbs, type Verb } from './verbs.js';

const width = 80;

const examples: readonly (readonly [says: string, line: string])[] = [
  ['which of these answer?', 'sluice https://example.com/ https://example.org/'],
  ['a list of URLs into records, 32 at once', 'sluice -i urls.txt -o records.ndjson -c 32'],
  ['politely: two at a host, a second apart', 'sluice -i urls.txt --per-host 2 --delay 1s --robots'],
  ['keep the pages, and look at the run', 'sluice -i urls.txt --save pages --report run.html'],
  ['check links without fetching pages', 'sluice -i links.txt --method HEAD --fail-over 5%'],
];

/** What `--help` prints, in at most 80 columns. */
export function helpOf(verb: Verb): string {
  const program = programFor(verb).configureHelp({
    helpWidth: width,
    showGlobalOptions: false,
    visibleArguments: () => [],
  });
  const usage = program.helpInformation().trimEnd();
  if (verb !== 'run') return `${capital(verbs[verb].says)}.\n\n${usage}\n`;
  return [
    'Fetches many URLs at once; every one of them comes out again as a record.',
    '',
    usage,
    '',
    'Verbs:',
    ...table(verbNames.map((name) => [`${name} ${verbs[name].operands}`, verbs[name].says])),
    '',
    'Examples:',
    ...examples.flatMap(([says, line]) => [`  # ${says}`, `  ${line}`]),
    '',
    'Exit codes:',
    ...table(Object.entries(exitCodeMeanings)),
    '',
  ].join('\n');
}

/** What somebody sees who gives nothing to fetch. */
export const shortHelp = `sluice: there is nothing to fetch: give URLs, -i FILE, or pipe URLs into it

  sluice https://example.com/
  sluice -i urls.txt -o records.ndjson

sluice --help shows all options.
`;

/** Two columns, the second one wrapped. */
function table(rows: readonly (readonly [string, string])[]): string[] {
  const indent = 4 + Math.max(...rows.map(([name]) => name.length));
  return rows.flatMap(([name, says]) =>
    wrapped(says, width - indent).map((line, n) => `${(n === 0 ? `  ${name}` : '').padEnd(indent)}${line}`),
  );
}

function wrapped(text: string, columns: number): string[] {
  return text.split(' ').reduce<string[]>((lines, word) => {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > columns) return [...lines, word];
    return [...lines.slice(0, -1), `${last} ${word}`];
  }, []);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
