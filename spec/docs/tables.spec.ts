import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { root } from './program.js';

const documents = ['README.md', ...readdirSync(`${root}docs`).map((name) => `docs/${name}`)].filter((name) =>
  name.endsWith('.md'),
);

it.each(documents)('%s has no row of a table twice', (name) => {
  const tables = readFileSync(root + name, 'utf8').split(/\n(?!\|)/);
  const twice = tables.flatMap((table) => {
    const firstCells = table.split('\n').map((row) => row.split(/(?<!\\)\|/)[1]?.trim());
    return firstCells.filter((cell, at) => cell && !/^-+$/.test(cell) && firstCells.indexOf(cell) !== at);
  });
  expect(twice).toEqual([]);
});
