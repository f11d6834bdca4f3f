import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { csvColumns } from '../../lib/cli/csv.js';
import { exitCodeMeanings } from '../../lib/cli/exit-codes.js';
import { longName } from '../../lib/cli/options/option.js';
import { optionKeys, optionOf } from '../../lib/cli/options/table.js';
import { sluice } from '../cli/binary.js';
import { serve } from '../support/servers.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const text = readFileSync(new URL('../../docs/19-the-command.md', import.meta.url), 'utf8');

/** The rows of all tables below a heading, up to the next one of its rank, as they read. */
function rowsUnder(heading: string): string[][] {
  const [, section = ''] = text.split(`\n## ${heading}\n`);
  const lines = (section.split('\n## ')[0] ?? '').split('\n');
  return lines
    .filter(
      (line, at) => line.startsWith('|') && !line.startsWith('| ---') && !lines[at + 1]?.startsWith('| ---'),
    )
    .map((line) =>
      line
        .replaceAll('\\|', '\u2223')
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll('\u2223', '|')),
    );
}

const named = (cell = ''): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);

/** Every path to something that is no object and no list of objects. */
function pathsOf(value: object, before = ''): string[] {
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    const path = `${before}${key}`;
    if (path === 'request.context') return [path];
    if (Array.isArray(inner)) {
      if (inner.some((one) => typeof one !== 'object')) return [path];
      return inner.flatMap((one: object) => pathsOf(one, `${path}[].`));
    }
    return typeof inner === 'object' && inner !== null ? pathsOf(inner, `${path}.`) : [path];
  });
}

describe('docs/19-the-command.md', () => {
  describe('its options', () => {
    let help = '';
    beforeAll(async () => {
      help = (await sluice(['--help'])).stdout;
    });

    it('are those of --help, in the same words', () => {
      const rows = rowsUnder('Options');
      const flat = help.replace(/[<>]/g, '').replace(/\s+/g, ' ');
      for (const [option, meaning = ''] of rows) {
        expect(flat).toContain(` ${[...named(option), meaning.replaceAll('`', '')].join(' ')}`);
      }
      const inHelp = [...help.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, name]) => name);
      expect(rows.map(([option]) => /--[\w-]+/.exec(option ?? '')?.[0])).toEqual(inHelp);
    });
  });

  it('has the options of queues, in the words of the table', () => {
    const rows = rowsUnder('Queues').map(([option, meaning]) => [named(option)[0], meaning]);
    const keys = optionKeys.filter((key) => optionOf(key).group === 'Queue');
    expect(rows).toEqual(
      keys.map((key) => {
        const { value, says } = optionOf(key);
        return [value === undefined ? longName(key) : `${longName(key)} ${value}`, says];
      }),
    );
  });

  it('has every exit code', () => {
    expect(Object.fromEntries(rowsUnder('Exit codes'))).toEqual(exitCodeMeanings);
  });

  it('has the fields of real records, and no other', async () => {
    const server = await serve((request, response) => {
      if (request.url === '/moved') response.writeHead(302, { Location: '/page' }).end();
      else if (request.url === '/busy') response.writeHead(503, { 'Retry-After': '0' }).end('busy');
      else response.end('page');
    });
    const { path } = await temporaryFolder();
    const inputs = [
      { url: `${server.url}/moved`, method: 'GET', context: { id: 7 } },
      { url: `${server.url}/busy` },
      { url: 'http://127.0.0.1:1/' },
    ];
    const input = inputs.map((one) => JSON.stringify(one)).join('\n');
    const bodies = await sluice(['-q', '--retries', '0', '--body', 'text'], { input });
    const saved = ['-q', '--retries', '0', '--save', join(path, 'pages')];
    const files = await sluice([...saved, '-i', '-', '-i', '/dev/null'], { input });
    await server.close();
    const records = (bodies.stdout + files.stdout).trimEnd().split('\n');
    const fields = new Set(records.flatMap((line) => pathsOf(JSON.parse(line) as object)));
    const documented = rowsUnder('Records').flatMap(([field]) => named(field));
    expect([...fields].sort()).toEqual([...documented].sort());
  });

  it('has every column of the table, in its order', () => {
    expect(rowsUnder('A table').flatMap(([column]) => named(column))).toEqual(Object.keys(csvColumns));
  });
});
