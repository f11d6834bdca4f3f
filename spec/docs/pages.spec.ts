import { readdirSync, readFileSync } from 'node:fs';
import * as rxjs from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import * as sluice from '../../lib/index.js';
import * as testing from '../../lib/testing/index.js';

const folder = new URL('../../docs/', import.meta.url);
const modules: Readonly<Record<string, unknown>> = { rxjs, sluice, 'sluice/testing': testing };

interface Example {
  readonly page: string;
  readonly code: string;
  readonly prints: string;
}

/** Every TypeScript block that is followed by a text block: what it prints. */
function examplesOf(page: string): Example[] {
  const text = readFileSync(new URL(page, folder), 'utf8');
  return [...text.matchAll(/```ts\n([\s\S]*?)```\s+```text\n([\s\S]*?)```/g)].map(([, code, prints]) => ({
    page,
    code: code ?? '',
    prints: prints ?? '',
  }));
}

/** Runs a program in virtual time. @returns what it printed */
function run(code: string): string {
  const lines: string[] = [];
  const console = { log: (...line: unknown[]) => lines.push(`${line.map(String).join(' ')}\n`) };
  const options = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 };
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the documents' own code is what is tested
  const program = new Function('require', 'exports', 'console', ts.transpile(code, options));
  new TestScheduler(() => undefined).run(() => {
    program((name: string) => modules[name], {}, console);
  });
  return lines.join('');
}

describe('the pages of docs/', () => {
  const examples = readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .flatMap(examplesOf);

  it.each(examples)('$page prints what it says', ({ code, prints }) => {
    expect(run(code)).toBe(prints);
  });

  it.each(['fairness.md', 'retries.md', 'limits.md', 'cancelling.md', 'hedging.md'])(
    '%s opens with a diagram and has an example that runs',
    (page) => {
      expect(readFileSync(new URL(page, folder), 'utf8').split('\n')[2]).toMatch(/^(```|## )/);
      expect(examples.some((example) => example.page === page)).toBe(true);
    },
  );
});
