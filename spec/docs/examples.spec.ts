import { createRequire } from 'node:module';
import * as rxjs from 'rxjs';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { serve, type TestServer } from '../support/servers.js';
import { examplesIn, libraryExamples, Programs } from './examples.js';
import { entries } from './program.js';

const require = createRequire(import.meta.url);
const modules = new Map<string, unknown>([['rxjs', rxjs]]);

type Program = (...given: unknown[]) => Promise<void>;
const AsyncFunction = (async () => undefined).constructor as new (...text: string[]) => Program;

const examples = libraryExamples();
let programs: Programs;

beforeAll(() => {
  programs = new Programs();
}, 120_000);

describe('the examples of the docstrings', () => {
  it('compile', { timeout: 120_000 }, () => {
    expect(programs.complaints(examples)).toEqual([]);
  });

  it('would be told from one that does not compile', () => {
    const wrong = '/**\n * Says.\n * @example\n * const page = 1;\n * fetchPage(page);\n */';
    expect(programs.complaints(examplesIn('lib/wrong.ts', wrong))).toEqual([
      expect.stringMatching(/^lib\/wrong\.ts:3, line 2: Argument of type 'number' is not assignable/),
    ]);
  });
});

/** Those that need more than a server: files of their own, or a place to write. */
const onlyCompiled = /\bimport\.meta\b|from 'node:|\b(?:sqlite|jetstream)Queue\(/;
const runnable = examples.filter(({ code }) => !onlyCompiled.test(code));

describe('the examples run', () => {
  let server: TestServer;
  let asked = 0;
  let answered = 0;

  beforeAll(async () => {
    for (const [name, file] of entries) modules.set(name, await import(file));
    server = await serve((request, response) => {
      asked++;
      response.once('finish', () => answered++);
      response.statusCode = request.url === '/missing' ? 404 : 200;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ path: request.url }));
    });
  });

  afterAll(async () => {
    await vi.waitFor(() => {
      expect(answered).toBe(asked);
    });
    await server.close();
  });

  it.each(runnable.map((example) => [example.place, example] as const))('%s', async (_place, example) => {
    const options = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 };
    const code = ts.transpile(programs.complete(example), options);
    const urls = ['a', 'b', 'missing'].map((path) => `${server.url}/${path}`);
    const lines: unknown[][] = [];
    const console = { log: (...line: unknown[]) => lines.push(line) };
    const test = (_name: string, body: () => void) => {
      body();
    };
    await new AsyncFunction(
      ...['require', 'exports', 'console', 'urls', 'it'],
      code.replaceAll('http://localhost', server.url),
    )((name: string): unknown => modules.get(name) ?? require(name), {}, console, urls, test);
    if (example.code.includes('console.log'))
      await expect.poll(() => lines, { timeout: 30_000 }).not.toEqual([]);
  });
});
