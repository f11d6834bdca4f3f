import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

type Laws = Readonly<Record<string, string>>;

const namesIn = (text: string): string[] => text.match(/\btest_?[A-Za-z]{3,}\b/g) ?? [];

/** What the table says of each law. */
function told(): Laws {
  const table = readFileSync(new URL('../../docs/twisted-laws.md', import.meta.url), 'utf8');
  const rows = [...table.matchAll(/^\| *(`test.*?) *\| *(kept|changed) *\|/gm)];
  return Object.fromEntries(
    rows.flatMap(([, names = '', verdict = '']) => namesIn(names).map((name) => [name, verdict])),
  );
}

/** What the tests' titles say of each law. One that is kept in part is changed. */
function shown(): Laws {
  const laws: Record<string, string> = {};
  for (const file of readdirSync(new URL('.', import.meta.url))) {
    const text = readFileSync(new URL(file, import.meta.url), 'utf8');
    for (const [, names = '', verdict = ''] of text.matchAll(/'(test[\w, ]+) \((kept|changed)\): /g)) {
      for (const name of namesIn(names)) if (laws[name] !== 'changed') laws[name] = verdict;
    }
  }
  return laws;
}

describe('the table of Twisted’s laws', () => {
  it('says of each law what its tests show', () => {
    expect(told()).toEqual(shown());
    expect(Object.keys(told()).length).toBeGreaterThan(40);
  });
});
