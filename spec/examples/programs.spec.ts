import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const examples = new URL('../../examples/', import.meta.url);

/** What a program prints, in a process of its own that must end with 0. */
async function outputOf(name: string, ...args: string[]): Promise<string> {
  const program = fileURLToPath(new URL(`${name}.ts`, examples));
  const env = { ...process.env, NO_COLOR: '1' };
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ['--import', loader, program, ...args],
    { env, timeout: 100_000 },
  );
  expect(stderr).toBe('');
  return stdout.replace(/127\.0\.0\.1:\d{2,}/g, 'site');
}

const lines = (...all: string[]): string => all.map((line) => `${line}\n`).join('');

describe('the examples of async batching', { timeout: 120_000 }, () => {
  it('1: a list of results, in the order of their URLs', async () => {
    const output = await outputOf('async-batching/1-deferred-list');
    expect(output.match(/true,\s+'<!doctype html><title>\w+/g)).toHaveLength(2);
    expect(output.indexOf('google')).toBeLessThan(output.indexOf('yahoo'));
  });

  it('2: whether each succeeded, and how long it is', async () => {
    const expected = ['Successful? true', 'Content Length: 5036', 'Successful? true', 'Content Length: 9035'];
    expect(await outputOf('async-batching/2-result-manipulation')).toBe(lines(...expected));
  });

  it('3: what the page callbacks made of the pages', async () => {
    expect(await outputOf('async-batching/3-page-callbacks')).toBe('[ [ true, 5036 ], [ true, 9035 ] ]\n');
  });

  it('4: results with a structure', async () => {
    expect(await outputOf('async-batching/4-structured-results')).toBe(
      lines(
        "Call to server succeeded with data { length: 5036, content: '<!doctype ' }",
        "Call to server succeeded with data { length: 9035, content: '<!doctype ' }",
      ),
    );
  });

  it('5: what was passed to the callbacks', async () => {
    const output = await outputOf('async-batching/5-values-for-callbacks');
    expect(output).toMatch(/^Call to http:\/\/site\/google succeeded with data \{[^}]*name: 'google'/);
    expect(output).toMatch(/\nCall to http:\/\/site\/yahoo succeeded with data \{[^}]*name: 'yahoo'/);
  });

  it('6: a page that is not there and a name that does not resolve, with message and URL', async () => {
    const output = await outputOf('async-batching/6-error-checking');
    expect(output.match(/^Call to \S+ (succeeded|failed) with data/gm)).toEqual([
      'Call to http://site/yahoo succeeded with data',
      'Call to http://site/google succeeded with data',
      'Call to http://site/MicrosoftRules.html failed with data',
      'Call to http://bogusdomain.invalid/ failed with data',
    ]);
    expect(output).toMatch(/kind: 'http',\s+msg: '.*status 404'/);
    expect(output).toMatch(/kind: 'dns',\s+msg: '.*bogusdomain\.invalid'/);
  });

  it('7: one at a time, then four at a time, with both times', async () => {
    const output = await outputOf('async-batching/7-deferred-semaphore');
    const lengths = ['3043', '2040', '9035', '5036'];
    expect(output.split('\n').filter((line) => /^\d+$/.test(line))).toEqual([...lengths, ...lengths]);
    const [one = 0, four = 0] = [...output.matchAll(/maxRun \d: ([\d.]+) seconds/g)].map(([, s]) =>
      Number(s),
    );
    expect(one).toBeGreaterThanOrEqual(0.56); // what the four pages take together
    expect(four).toBeGreaterThanOrEqual(0.2); // what the slowest takes
  });

  it('8: a URL is created when there is a slot for it', async () => {
    const output = await outputOf('async-batching/8-cooperator');
    const steps = output
      .trim()
      .split('\n')
      .map((line) => (line.startsWith('created') ? 'created' : 'length'));
    expect(steps.slice(0, 4)).toEqual(['created', 'created', 'length', 'created']);
    expect(steps.toSorted()).toEqual([...times('created'), ...times('length')]);
  });

  it('asks the URLs that it is given', async () => {
    const output = await outputOf(
      'async-batching/2-result-manipulation',
      'http://bogus.invalid/',
      'nonsense',
    );
    expect(output).toMatch(
      /^Successful\? false\n.*bogus\.invalid.*\nSuccessful\? false\n"nonsense" is not an absolute URL/,
    );
  });
});

const times = (what: string): string[] => Array.from({ length: 4 }, () => what);

describe('the Python tale', { timeout: 120_000 }, () => {
  const customers = Array.from({ length: 15 }, (_, n) => `Customer ${n}`);
  const elapsed = (output: string): number =>
    Number(/\* Elapsed time: ([\d.]+) seconds\n$/.exec(output)?.[1]);

  it('1: one after another', async () => {
    const output = await outputOf('python-tale/1-blocking', '0.1');
    const told = ['Bill', 'Elon', 'Steve', 'Mark'].flatMap((customer) => [
      `Start installation for ${customer}`,
      `All done for ${customer}`,
    ]);
    expect(output.startsWith(lines('------ Running example 1 ------', ...told))).toBe(true);
    expect(elapsed(output)).toBeGreaterThanOrEqual(0.4);
  });

  it('2: five threads share the customers', async () => {
    const output = await outputOf('python-tale/2-threads', '0.3');
    const told = output.split('\n');
    expect(told[0]).toBe('------ Running example 2 ------');
    for (const id of [0, 1, 2, 3, 4]) {
      expect(told.indexOf(`Goodmorning from developer ${id}`)).toBeGreaterThan(0);
      expect(told.indexOf(`Bye from developer ${id}`)).toBeGreaterThan(
        told.indexOf(`Goodmorning from developer ${id}`),
      );
    }
    const started = told.filter((line) => line.startsWith('Start'));
    const done = told.filter((line) => line.startsWith('All done'));
    expect(started.toSorted()).toEqual(customers.map((name) => `Start installation for ${name}`).toSorted());
    expect(done.toSorted()).toEqual(customers.map((name) => `All done for ${name}`).toSorted());
    for (const name of customers) {
      expect(told.indexOf(`All done for ${name}`)).toBeGreaterThan(
        told.indexOf(`Start installation for ${name}`),
      );
    }
    // told as it happens, not when a developer's day is over
    expect(told.indexOf('Start installation for Customer 14')).toBeLessThan(
      told.findIndex((line) => line.startsWith('Bye')),
    );
    expect(elapsed(output)).toBeGreaterThanOrEqual(0.9);
  });

  it.each([
    [3, 'callbacks'],
    [4, 'inline'],
  ])('%i: all at once, with %s', async (number, name) => {
    const output = await outputOf(`python-tale/${number}-${name}`, '0.2');
    const told = [
      `------ Running example ${number} ------`,
      'Goodmorning from Twisted developer',
      ...customers.map((customer) => `Scheduling: Installation for ${customer}`),
      'Bye from Twisted developer!',
      ...customers.flatMap((customer) => [
        `Callback: Finished installation for ${customer}`,
        `All done for ${customer}`,
      ]),
    ];
    expect(output.startsWith(lines(...told))).toBe(true);
    expect(elapsed(output)).toBeGreaterThanOrEqual(0.2);
  });

  it('5: five at a time', async () => {
    const output = await outputOf('python-tale/5-cooperator', '0.1');
    const scheduled = output.split('\n').filter((line) => line.startsWith('Scheduling'));
    expect(scheduled).toEqual(customers.map((customer) => `Scheduling: Installation for ${customer}`));
    expect(output.indexOf('Customer 5\n')).toBeGreaterThan(output.indexOf('All done for Customer 0'));
    expect(elapsed(output)).toBeGreaterThanOrEqual(0.3);
  });
});

describe('deferToThread', { timeout: 120_000 }, () => {
  it('does not wait for the slow function, and gets its result', async () => {
    expect(await outputOf('defer-to-thread', '0.2')).toBe(
      lines(
        'The slow function has not ended, and I am running already',
        'The slow function is over, and has handed me its result: 3',
      ),
    );
  });

  it('tells how late the event loop was while pages were parsed, here and elsewhere', async () => {
    const output = await outputOf('defer-to-thread/parse-pages');
    const late = [...output.matchAll(/^200 pages parsed (.*): event loop late by ([\d.]+) ms \(p99\)/gm)];
    expect(late.map(([, where]) => where)).toEqual(['on the main thread', 'on other threads']);
    for (const [, , ms] of late) expect(Number(ms)).toBeGreaterThan(0);
  });
});

describe('the other programs', { timeout: 120_000 }, () => {
  it.each<[string, RegExp[]]>([
    [
      'async-request',
      [
        /^\{[^}]*host: '127.0.0.1',[^}]*url: '\/google',[^}]*timeout: 5\s*\}\n/,
        /url: '\/google' \} 5036 bytes null/,
        /'\/nowhere' \} 21 bytes null/,
        /'\/silent' \} null FetchError: .*timeout.attempt \(500 ms\) was over/,
        /ECONNREFUSED/,
      ],
    ],
    ['reactive/polling-monitor', [/at 0 ms: up/, /at 350 ms: asking\nat 400 ms: asking\nat 400 ms: up\n$/]],
    ['reactive/paginated-api', [/^15 items: 0 1 2 .* 13 14\n$/]],
    [
      'reactive/link-checker',
      [
        /broken: "http:..\[" is not/,
        /broken: .*\/gone.*404/,
        /broken: .*\/lost.*404.*\/news/,
        /9 links checked\n$/,
      ],
    ],
    ['reactive/http-handler', [/^answered \[5036,9035,3043\]\nthe client has left/]],
    [
      'reactive/draw-a-run',
      [/^8 inputs: 6 o, 2 x/, /^c 2 \S+silent +p?\.*s-+w\.+s-+w\.+s-+x$/m, /^records +-[-a-zA-Z]+\|$/m],
    ],
    ['reactive/interceptor', [/^stale is not taken: asking with another\n0 come in\n1 come in\n$/]],
  ])('%s does what it says', async (name, expected) => {
    const output = await outputOf(name);
    for (const one of expected) expect(output).toMatch(one);
  });

  it('are all in the table of the examples', () => {
    const table = readFileSync(new URL('README.md', examples), 'utf8');
    for (const folder of ['async-batching', 'python-tale', 'defer-to-thread', 'reactive']) {
      for (const file of readdirSync(new URL(folder, examples))) {
        if (/^(?!day|inline-install).*\.ts$/.test(file)) expect(table).toContain(`(${folder}/${file})`);
      }
    }
    expect(table).not.toMatch(/\| *\|/);
  });
});
