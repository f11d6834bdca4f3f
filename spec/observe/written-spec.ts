import * as sluice from '../../lib/index.js';
import * as testing from '../../lib/testing/index.js';

/** Whether the tests in the text of a spec pass, and there is one. */
export function passes(text: string): boolean {
  let tests = 0;
  const it = (_name: string, test: () => void): void => {
    tests++;
    test();
  };
  const modules: Readonly<Record<string, unknown>> = { sluice, 'sluice/testing': testing, vitest: { it } };
  const code = text.replaceAll(/^import (\{[^}]*\}) from ('[^']*');$/gm, 'const $1 = require($2);');
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- that it can be run is what is tested
  const program = new Function('require', code);
  try {
    program((name: string) => modules[name]);
  } catch (error) {
    if (String(error).includes('are not as drawn')) return false;
    throw error;
  }
  return tests === 1;
}
