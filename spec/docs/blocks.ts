import { readdirSync, readFileSync } from 'node:fs';
import { root } from './program.js';

/** A TypeScript block of a page. */
export interface Block {
  /** File and line: `docs/05-notation.md:40`. */
  readonly place: string;
  readonly code: string;
  /** What it prints: the text block right behind it; undefined where there is none. */
  readonly prints: string | undefined;
}

/** Every TypeScript block of every page of `docs/`. */
export function documentBlocks(): Block[] {
  return readdirSync(`${root}docs`)
    .filter((name) => name.endsWith('.md'))
    .sort()
    .flatMap((name) => blocksIn(`docs/${name}`, readFileSync(`${root}docs/${name}`, 'utf8')));
}

export function blocksIn(path: string, text: string): Block[] {
  const blocks = text.matchAll(/^```ts\n([^]*?)^```\n(?:\n```text\n([^]*?)^```$)?/gm);
  return [...blocks].map(({ index, 1: code = '', 2: prints }) => {
    const line = text.slice(0, index).split('\n').length;
    return { place: `${path}:${line}`, code, prints };
  });
}

/** The JavaScript blocks of a page that begin with the name of a file: what its programs find beside them. */
export function filesOf({ place }: Block): (readonly [name: string, code: string])[] {
  const text = readFileSync(`${root}${place.replace(/:\d+$/, '')}`, 'utf8');
  return [...text.matchAll(/^```js\n(\/\/ (\S+\.mjs)\n[^]*?)^```$/gm)].map(
    ([, code = '', name = '']) => [name, code] as const,
  );
}

/** The modules that a block imports. */
export function importsOf({ code }: Block): string[] {
  return [...code.matchAll(/\bfrom '([^']+)'/g)].map(([, name = '']) => name);
}
