import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { failureKinds } from '../../lib/model/fetch-error.js';
import { failureAdvice } from '../../lib/observe/report/failure-advice.js';
import {
  circuitDocs,
  optionDocs,
  perHostDocs,
  queueDocs,
  retryDocs,
  timeoutDocs,
} from '../../lib/pipeline/option-docs.js';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

/** The body of the table that follows `heading`: cells without their backticks. */
function tableAfter(heading: string): string[][] {
  const from = readme.indexOf(heading);
  expect(from, heading).toBeGreaterThan(-1);
  const lines = readme.slice(from).split('\n');
  const start = lines.findIndex((line) => line.startsWith('|'));
  const rows: string[][] = [];
  for (const line of lines.slice(start + 2)) {
    if (!line.startsWith('|')) break;
    rows.push(
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll('`', '')),
    );
  }
  return rows;
}

function codeBlocks(): string[] {
  return [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code ?? '');
}

describe('README', () => {
  it.each([
    ['## Options', optionDocs],
    ['`timeout: { … }`', timeoutDocs],
    ['`retry: { … }`', retryDocs],
    ['`perHost: { … }`', perHostDocs],
    ['`circuit: { … }`', circuitDocs],
    ['`fetchEach` has two more', queueDocs],
  ])(
    'lists every option under %s, with its default and unit',
    (heading, docs: Readonly<Record<string, readonly [preset: string, unit: string]>>) => {
      const documented = tableAfter(heading).map(([name, preset, unit]) => [name, preset, unit]);
      expect(documented).toEqual(Object.entries(docs).map(([name, [preset, unit]]) => [name, preset, unit]));
    },
  );

  it('lists every kind of failure, and says what to do as the library does', () => {
    const advice = failureKinds.map((kind) => [kind, failureAdvice[kind].replaceAll('`', '')]);
    expect(tableAfter('### Kinds of failure').map(([kind, , whatToDo]) => [kind, whatToDo])).toEqual(advice);
  });

  it('shows a first example of under 12 lines that does what it says', async () => {
    const [example = ''] = codeBlocks();
    expect(example.trim().split('\n').length).toBeLessThan(12);
    const server = createServer((_request, response) => response.end('hello'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const here = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const lines: unknown[][] = [];
    const code = ts
      .transpile(example, { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 })
      .replaceAll(/https:\/\/example\.(com|org)\//g, here);
    const sluice = await import('../../lib/index.js');
    await new Promise<void>((resolve) => {
      const console = { log: (...line: unknown[]) => lines.push(line) === 3 && resolve() };
      // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the README's own code is what is tested
      new Function('require', 'exports', 'console', code)(() => sluice, {}, console);
    });
    server.close();
    expect(lines).toEqual([
      [here, 5],
      [here, 5],
      ['https://no-such-host.invalid/', expect.stringContaining('no-such-host.invalid')],
    ]);
  });

  it('shows the two commands', () => {
    expect(readme).toContain('npm start');
    expect(readme).toContain('npm test');
  });
});
