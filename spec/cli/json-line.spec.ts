import { expect, it } from 'vitest';
import { jsonLine } from '../../lib/cli/json-line.js';
import { runOf } from './run-of.js';

/** Ends a control sequence, and turns text around; JSON.stringify leaves both as they are. */
const acting = '\u009b2J\u202e\u061c\u007f';

it('nothing in records and in the log acts on a terminal, and JSON.parse gives it back', async () => {
  const context = `context ${acting}`;
  const input = JSON.stringify({ url: `http://h${acting}/`, context });
  const run = runOf({ talk: { level: 'normal', color: false, json: true } }, { stdin: `${input}\n` });
  expect(await run.code).toBe(1);
  for (const written of [run.stdout(), run.said.join('')])
    expect(written).toMatch(/^[^\x7f-\x9f\u061c\u202e]*$/);
  expect(run.said.join('')).toContain('\\u202e');
  expect(run.records()).toMatchObject([{ request: { url: `http://h${acting}/`, context } }]);
});

it('half a surrogate pair is U+FFFD, at which no reader of JSON gives up', () => {
  const whole = '\u{1f600} \\ud800 \\\\udc00 "\\';
  expect(jsonLine({ whole })).toBe(JSON.stringify({ whole }));
  expect(jsonLine(['a\ud83d', '\\\udc00', '\udfff\ud800'])).toBe('["a\ufffd","\\\\\ufffd","\ufffd\ufffd"]');
});
