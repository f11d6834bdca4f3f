import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import * as rxjs from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as sluice from '../../lib/index.js';
import * as cookies from '../../lib/interceptors/cookies/index.js';
import * as headers from '../../lib/interceptors/headers/index.js';
import * as robots from '../../lib/interceptors/robots/index.js';
import * as observe from '../../lib/observe/index.js';
import * as report from '../../lib/observe/report/index.js';
import * as testing from '../../lib/testing/index.js';
import { blocksIn, documentBlocks, filesOf, importsOf, type Block } from './blocks.js';
import { programOf, root } from './program.js';

const modules: Readonly<Record<string, unknown>> = {
  rxjs,
  sluice,
  'sluice/cookies': cookies,
  'sluice/headers': headers,
  'sluice/observe': observe,
  'sluice/report': report,
  'sluice/robots': robots,
  'sluice/testing': testing,
};
const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const jest = createRequire(import.meta.url).resolve('jest/bin/jest');

/** What TypeScript has to say of each block that it does not take. */
function complaints(blocks: readonly Block[]): string[] {
  const drafts = new Map(blocks.map(({ code }, at) => [`${root}block-${at}.ts`, `${code}\nexport {};\n`]));
  const program = programOf([], drafts);
  return blocks.flatMap(({ place }, at) => {
    const file = program.getSourceFile(`${root}block-${at}.ts`);
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(
      ({ messageText, start = 0 }) => {
        const line = (file?.getLineAndCharacterOfPosition(start).line ?? 0) + 1;
        return `${place}, line ${line}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
      },
    );
  });
}

/** Runs a program in virtual time, and then its tests. @returns what it printed */
function runVirtually(code: string): string {
  const lines: string[] = [];
  const tests: (() => void)[] = [];
  const console = { log: (...line: unknown[]) => lines.push(`${line.map(String).join(' ')}\n`) };
  const vitest = { expect, it: (_name: string, test: () => void) => tests.push(test) };
  const options = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 };
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the documents' own code is what is tested
  const program = new Function('require', 'exports', 'console', ts.transpile(code, options));
  const run = (): void => {
    program((name: string) => ({ ...modules, vitest })[name], {}, console);
  };
  if (code.includes('marbles')) run();
  else new TestScheduler(() => undefined).run(run);
  for (const test of tests) test();
  return lines.join('');
}

describe('the blocks of docs/', () => {
  const blocks = documentBlocks();
  const isReal = (block: Block): boolean => importsOf(block).some((name) => /^(node:|@)|worker/.test(name));
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(`${root}spec/docs/run-`); // within the package: it imports sluice by its own name
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  /** Runs a file in a process of its own, which must end with 0. @returns what it printed */
  async function runReally(block: Block): Promise<string> {
    const { place, code } = block;
    for (const [name, text] of filesOf(block)) writeFileSync(`${folder}/${name}`, text);
    const name = place.replaceAll(/\W/g, '-');
    const isJest = code.includes('@jest/');
    const file = `${folder}/${name}.${isJest ? 'spec.cjs' : 'ts'}`;
    const target = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 };
    writeFileSync(file, isJest ? ts.transpile(code, target) : code);
    const jestConfig = JSON.stringify({
      rootDir: folder,
      testMatch: ['**/*.spec.cjs'],
      haste: {},
      transform: {},
    });
    const args = isJest ? [jest, '--config', jestConfig, file] : ['--import', loader, file];
    const child = spawn(process.execPath, args, { cwd: root, env: { ...process.env, NO_COLOR: '1' } });
    let output = '';
    let complaint = '';
    child.stdout.on('data', (text) => (output += String(text)));
    child.stderr.on('data', (text) => (complaint += String(text)));
    const status = await new Promise((resolve) => child.once('close', resolve));
    expect(status, complaint).toBe(0);
    return output;
  }

  it('compile', { timeout: 120_000 }, () => {
    expect(complaints(blocks)).toEqual([]);
    const [wrong] = blocksIn('docs/wrong.md', '# No\n\n```ts\nconst page: string = 1;\n```\n');
    expect(complaints(wrong ? [wrong] : [])).toEqual([
      "docs/wrong.md:3, line 1: Type 'number' is not assignable to type 'string'.",
    ]);
  });

  it.each(blocks.filter((block) => !isReal(block)).map((block) => [block.place, block] as const))(
    '%s prints what it says, and its tests pass',
    (_place, { code, prints = '' }) => {
      expect(runVirtually(code)).toBe(prints);
    },
  );

  it.each(blocks.filter(isReal).map((block) => [block.place, block] as const))(
    '%s prints what it says, as a program of its own',
    { timeout: 120_000 },
    async (_place, block) => {
      const output = await runReally(block);
      const runner = importsOf(block).some((name) => name === 'node:test' || name === '@jest/globals');
      if (!runner) expect(output).toBe(block.prints);
    },
  );

  it('each do something: print, or test', () => {
    const idle = blocks.filter(({ code, prints }) => prints === undefined && !/\bit\(/.test(code));
    expect(idle.map(({ place }) => place)).toEqual([]);
  });
});
