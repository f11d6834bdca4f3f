import { describe, expect, it } from 'vitest';
import { parsed, planned, refused, type World } from '../parsed.js';

const withConfig = (json: unknown): World => ({
  files: { 'sluice.json': typeof json === 'string' ? json : JSON.stringify(json) },
});

describe('a configuration file', () => {
  it('says what the command line says, in its words or in those of programs', async () => {
    const config = {
      'per-host': 2,
      maxBody: '1MB',
      retries: 0,
      robots: true,
      cookies: false,
      header: ['Accept: a/b', 'X-Team: green'],
      input: 'urls.txt',
      'no-color': true,
    };
    const plan = await planned(['--config', 'sluice.json'], { ...withConfig(config), isErrorTerminal: true });
    expect(plan.fetch).toMatchObject({ perHost: { concurrency: 2 }, maxBodyBytes: 1_000_000, retry: false });
    expect(plan.fetch.interceptors).toHaveLength(1);
    expect(plan.request.headers).toMatchObject({ accept: 'a/b', 'x-team': 'green' });
    expect(plan.inputs.files).toEqual(['urls.txt']);
    expect(plan.talk.color).toBe(false);
  });

  it('gives way to the command line', async () => {
    const world = withConfig({ concurrency: 4, header: ['A: file'], 'fail-over': '5%', quiet: true });
    const argv = ['--config', 'sluice.json', '-c', '8', '--header', 'B: line', '--fail-fast', '--verbose'];
    const plan = await planned(argv, world);
    expect(plan.fetch.concurrency).toBe(8);
    expect(plan.request.headers).toEqual({ 'user-agent': 'sluice/1.2.3', b: 'line' });
    expect(plan.failOver).toBe(0);
    expect(plan.talk.level).toBe('verbose');
  });

  it('is itself one of the files that are read', async () => {
    const command = await parsed(['http://a/', '--config', 'sluice.json'], withConfig({}));
    expect(command).toMatchObject({ reads: ['sluice.json'] });
  });

  it.each<[unknown, string]>([
    [{ 'per-hsot': 2 }, 'There is no option "per-hsot" for sluice.json: did you mean "per-host"?'],
    [{ conc: 2 }, 'There is no option "conc" for sluice.json: did you mean "concurrency"?'],
    [{ maxbdy: 2 }, 'There is no option "maxbdy" for sluice.json: did you mean "max-body"?'],
    [
      { zzzzzzzzzzzzzzzzzzzzzz: 2 },
      'There is no option "zzzzzzzzzzzzzzzzzzzzzz" for sluice.json: sluice --help lists them',
    ],
    [{ config: 'x' }, '"config" in sluice.json is for the command line alone: leave it out'],
    [{ constructor: 1 }, 'There is no option "constructor" for sluice.json: sluice --help lists them'],
    [
      { timeout: 5 },
      '"timeout" in sluice.json expects a time such as 500ms, 5s, 2m or 1h, got "5": add its unit, 5s or 5ms',
    ],
    [{ timeout: null }, '"timeout" in sluice.json expects a text or a number, got "null"'],
    [
      { timeout: ['1s', '2s'] },
      '"timeout" in sluice.json expects a text or a number, got "[\\"1s\\",\\"2s\\"]"',
    ],
    [{ header: [1, true] }, '"header" in sluice.json expects a text or a list of texts, got "true"'],
    [{ robots: 'yes' }, '"robots" in sluice.json expects true or false, got "\\"yes\\""'],
    [
      { maxBody: '1MB', 'max-body': '2MB' },
      '"max-body" in sluice.json is the second way of saying max-body: leave one out',
    ],
    [
      { quiet: true, verbose: true },
      '"quiet" in sluice.json and "verbose" in sluice.json contradict each other: leave one of them out',
    ],
    [[1], '--config expects a JSON object such as {"retries": 3}, got "[1]" in sluice.json'],
    ['null', '--config expects a JSON object such as {"retries": 3}, got "null" in sluice.json'],
  ])('%j is refused', async (json, sentence) => {
    expect(await refused(['http://a/', '--config', 'sluice.json'], withConfig(json))).toBe(sentence);
  });

  it('that is no JSON, or is not there, is refused', async () => {
    expect(await refused(['http://a/', '--config', 'sluice.json'], withConfig('{"a": }\u001b[2J'))).toMatch(
      /^--config expects a file of JSON such as \{"retries": 3\}, and sluice\.json is none: "[^\n]+"$/,
    );
    expect(await refused(['http://a/', '--config', 'sluice.json'])).toBe(
      '--config cannot read "sluice.json": there is none of that name: check the path',
    );
  });

  it('may begin with a byte order mark', async () => {
    const { fetch } = await planned(['--config', 'sluice.json'], withConfig('\uFEFF{"retries": 3}'));
    expect(fetch.retry).toBe(3);
  });
});
