import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { BehaviorSubject, filter, firstValueFrom, map, ReplaySubject } from 'rxjs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { executablePath, launch } from '../support/chromium.js';
import { leavesNothingBehind } from '../support/leaks.js';
import { serve, type TestServer } from '../support/servers.js';

const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const program = fileURLToPath(new URL('../../examples/reactive/dashboard.ts', import.meta.url));

/** The pages of the site, by their titles. */
const titles: Readonly<Record<string, string>> = {
  '/': 'home',
  '/about': 'about us',
  '/script': '<script>hacked=1</script>',
  '/image': '"><img src=x onerror="hacked=1">',
};

/** The dashboard, in a process of its own. */
class Dashboard {
  /** What it has printed so far. */
  private readonly output = new BehaviorSubject('');
  private readonly process: ChildProcessByStdio<null, Readable, Readable>;
  private readonly ended: Promise<void>;

  constructor(...urls: string[]) {
    this.process = spawn(process.execPath, ['--import', loader, program, ...urls], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.process.stdout, this.process.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => this.output.next(this.output.value + text));
    this.ended = once(this.process, 'close').then(() => this.output.complete());
  }

  /** Resolves once it has printed that; rejects when it ends before. */
  async says(expected: RegExp): Promise<string> {
    const [text] = await firstValueFrom(
      this.output.pipe(
        map((output) => expected.exec(output)),
        filter((match) => match !== null),
      ),
    );
    return text;
  }

  /** Presses Ctrl-C. @returns its exit code and all it has printed */
  async stop(): Promise<[number | null, string]> {
    await this.kill('SIGINT');
    return [this.process.exitCode, this.output.value];
  }

  async kill(signal: NodeJS.Signals): Promise<void> {
    this.process.kill(signal);
    await this.ended;
  }
}

/** What is in the table now, the oldest row first. */
const rowsOf = async (page: Page): Promise<string[][]> => {
  const rows = await page.locator('tr').all();
  const cells = await Promise.all(rows.map((row) => row.locator('td').allTextContents()));
  return cells.map((texts) => texts.slice(0, 3)).reverse();
};

describe.skipIf(executablePath === undefined)('the dashboard, in Chromium', { timeout: 120_000 }, () => {
  leavesNothingBehind();
  let browser: Browser;
  let site: TestServer;
  let dashboard: Dashboard;
  let page: Page;
  /** Errors of the page's scripts. */
  let errors: Error[];
  /** Requests that are never answered. */
  let hanging: ReplaySubject<ServerResponse>;

  beforeAll(async () => {
    browser = await launch();
  }, 120_000);
  afterAll(() => browser.close());

  beforeEach(async () => {
    hanging = new ReplaySubject(1);
    site = await serve(({ url = '' }, response) => {
      const title = titles[url];
      if (url === '/hang') hanging.next(response);
      else response.writeHead(title === undefined ? 404 : 200).end(`<title>${title ?? ''}</title>`);
    });
    errors = [];
    page = await browser.newPage();
    page.on('pageerror', (error) => errors.push(error));
  });
  afterEach(async () => {
    await page.close();
    await dashboard.kill('SIGKILL');
    await site.close();
    expect(errors).toEqual([]);
  });

  /** Starts the dashboard and looks at it. */
  async function open(...urls: string[]): Promise<void> {
    dashboard = new Dashboard(...urls);
    await page.goto(await dashboard.says(/^http:\S+/));
  }

  const countsAre = (counts: string): Promise<void> =>
    page.locator('output', { hasText: new RegExp(`^${counts}$`) }).waitFor();

  async function add(url: string): Promise<void> {
    await page.getByLabel('URL').fill(url);
    await page.getByRole('button', { name: 'Fetch' }).click();
  }

  it('shows rows as they arrive, counts them, and fetches a URL that is typed in', async () => {
    const [home, lost, about] = ['/', '/lost', '/about'].map((path) => site.url + path) as [
      string,
      string,
      string,
    ];
    await open(home, lost);
    await countsAre('2 records: 1 succeeded, 1 failed');
    expect(await rowsOf(page)).toEqual([
      ['✓', home, 'home'],
      ['✗', lost, `GET ${lost}: the server answered with status 404`],
    ]);

    await add(about);
    await countsAre('3 records: 2 succeeded, 1 failed');
    expect((await rowsOf(page)).at(-1)).toEqual(['✓', about, 'about us']);
    expect(await page.getByLabel('URL').inputValue()).toBe('');
  });

  it('shows a page that is opened later what came before', async () => {
    await open(`${site.url}/`);
    await countsAre('1 records: 1 succeeded, 0 failed');
    const accepted = site.accepted;
    const first = page;
    page = await browser.newPage();
    await page.goto(first.url());
    await countsAre('1 records: 1 succeeded, 0 failed');
    expect(site.accepted).toBe(accepted); // shown, not fetched again
    await first.close();
  });

  it('shows the hostile as the text that it is', async () => {
    const hostileUrls = [`${site.url}/script`, `${site.url}/image`, '"><img src=x onerror="hacked=1">'];
    await open(...hostileUrls);
    await countsAre('3 records: 2 succeeded, 1 failed');
    await add('<script>hacked=1</script>');
    await countsAre('4 records: 2 succeeded, 2 failed');

    const rows = await rowsOf(page);
    expect(rows.map(([, url]) => url)).toEqual([...hostileUrls, '<script>hacked=1</script>']);
    expect(rows[0]?.[2]).toBe(titles['/script']);
    expect(rows[1]?.[2]).toBe(titles['/image']);
    expect(await page.locator('td *').count()).toBe(0); // not one element but the cells themselves
    expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
  });

  it('stops the fetching when its last page closes', async () => {
    await open(`${site.url}/hang`);
    const request = await firstValueFrom(hanging);
    const cancelled = once(request, 'close');
    await page.close();
    await dashboard.says(/a page has closed/);
    await cancelled;
    expect(request.writableEnded).toBe(false);
  });

  it('takes a URL as JSON alone, as no other site can send that unasked', async () => {
    await open(`${site.url}/`);
    const urls = new URL('urls', page.url());
    const post = async (type: string, body: string): Promise<number> => {
      const { status } = await fetch(urls, { method: 'POST', headers: { 'content-type': type }, body });
      return status;
    };
    const body = JSON.stringify({ url: `${site.url}/about` });
    expect(await post('text/plain', body)).toBe(400);
    expect(await post('application/json', '{"url": 1}')).toBe(400);
    expect(await post('application/json', body)).toBe(202);
    await countsAre('2 records: 2 succeeded, 0 failed');
  });

  it('ends on Ctrl-C, with a page open and a fetch under way', async () => {
    await open(`${site.url}/hang`);
    const request = await firstValueFrom(hanging);
    const cancelled = once(request, 'close');
    const [code, output] = await dashboard.stop();
    await cancelled;
    expect(code).toBe(0);
    expect(output).toMatch(/^http:\/\/\S+ \(Ctrl-C ends it\)\na page has closed\n$/);
  });
});
