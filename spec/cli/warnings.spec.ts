import { expect, it } from 'vitest';
import { hushSqlite, type Warned } from '../../lib/cli/warnings.js';

it('keeps back that SQLite is experimental, and no other warning', () => {
  const heard: unknown[][] = [];
  const on: Warned = { emitWarning: (...parts: unknown[]) => void heard.push(parts) };
  hushSqlite(on);
  const options = { code: 'DEP1' };
  on.emitWarning('SQLite is an experimental feature and might change at any time', 'ExperimentalWarning');
  on.emitWarning('The Fetch API is an experimental feature', 'ExperimentalWarning');
  on.emitWarning('SQLite is deprecated', options);
  expect(heard).toEqual([
    ['The Fetch API is an experimental feature', 'ExperimentalWarning'],
    ['SQLite is deprecated', options],
  ]);
});
