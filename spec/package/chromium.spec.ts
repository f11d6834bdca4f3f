import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { executablePath, launch } from '../support/chromium.js';
import { leavesNothingBehind } from '../support/leaks.js';
import { closedPort, serve, type TestServer } from '../support/servers.js';
import type { PageOptions } from './page.js';
import { installedProject } from './project.js';

/** `page.ts`, bundled for a browser from nothing but the tarball. */
async function bundled(): Promise<string> {
  const project = await installedProject();
  try {
    const { outputFiles } = await build({
      stdin: {
        contents: await readFile(new URL('page.ts', import.meta.url), 'utf8'),
        loader: 'ts',
        resolveDir: project.directory,
      },
      bundle: true,
      format: 'esm',
      platform: 'browser',
      write: false,
    });
    return outputFiles[0]!.text;
  } finally {
    await project.remove();
  }
}

/** The same words in other encodings: how a page says what they are, and its bytes. */
const texts: Readonly<Record<string, readonly [type: string, bytes: Buffer, text: string]>> = {
  '/utf-8': ['text/plain', Buffer.from('naïve 東京'), 'naïve 東京'],
  '/windows-1252': ['text/plain; charset=iso-8859-1', Buffer.of(0x80, 0x93), '€“'],
  '/shift_jis': ['text/html; charset=shift_jis', Buffer.of(0x93, 0x8c, 0x8b, 0x9e), '東京'],
  '/gb18030': ['text/html; charset=gb18030', Buffer.of(0xb6, 0xab, 0x81, 0x30, 0x81, 0x30), '东\x80'],
  '/euc-kr': ['text/html; charset=euc-kr', Buffer.of(0xbc, 0xad, 0xbf, 0xef), '서울'],
  '/utf-16': ['text/plain', Buffer.from('\uFEFFBOM', 'utf16le'), 'BOM'],
  '/meta': ['text/html', Buffer.from('<meta charset=koi8-r>\xed', 'latin1'), '<meta charset=koi8-r>М'],
};

describe.skipIf(executablePath === undefined)(
  'a page that bundles sluice, in Chromium',
  { timeout: 120_000 },
  () => {
    leavesNothingBehind();
    let script: string;
    let browser: Browser;
    let home: TestServer;
    let site: TestServer;
    let page: Page;
    /** Errors of the page's scripts. */
    let errors: Error[];
    /** Requests that are never answered, and are still wanted. */
    let hanging: Set<ServerResponse>;

    beforeAll(async () => {
      [script, browser] = await Promise.all([bundled(), launch()]);
    }, 120_000);
    afterAll(() => browser.close());

    beforeEach(async () => {
      hanging = new Set();
      home = await serve(({ url }, response) => {
        if (url === '/page.js') response.setHeader('Content-Type', 'text/javascript').end(script);
        else
          response
            .setHeader('Content-Type', 'text/html')
            .end('<body><script type=module src=page.js></script>');
      });
      site = await serve(
        ({ url = '', method, headers }, response) => {
          if (url !== '/private') response.setHeader('Access-Control-Allow-Origin', '*');
          response.setHeader('Access-Control-Allow-Headers', '*');
          if (method === 'OPTIONS') response.end();
          else answer(url, response, headers);
        },
        { host: '127.0.0.2' },
      );
      errors = [];
      page = await browser.newPage();
      page.on('pageerror', (error) => errors.push(error));
      await page.goto(`${home.url}/`);
      await page.waitForFunction(() => 'run' in window);
    });
    afterEach(async () => {
      await page.close();
      await home.close();
      await site.close();
      expect(errors).toEqual([]);
    });

    function answer(url: string, response: ServerResponse, headers: object): void {
      const [type, bytes] = texts[url] ?? [];
      if (type !== undefined) response.setHeader('Content-Type', type).end(bytes);
      else if (url === '/gzip') response.setHeader('Content-Encoding', 'gzip').end(gzipSync('x'.repeat(500)));
      else if (url === '/not-gzip') response.setHeader('Content-Encoding', 'gzip').end('plain');
      else if (url === '/away') response.writeHead(302, { Location: '/utf-8' }).end();
      else if (url === '/loop') response.writeHead(302, { Location: '/loop' }).end();
      else if (url === '/reset') response.destroy();
      else if (url === '/large') response.end('x'.repeat(2_000));
      else if (url === '/cut')
        response.setHeader('Content-Length', 99).write('cut', () => response.destroy());
      else if (url === '/headers') response.end(JSON.stringify(headers));
      else if (url === '/private') response.end('private');
      else if (url.startsWith('/hang')) hang(response);
      else response.writeHead(404).end('not found');
    }

    function hang(response: ServerResponse): void {
      hanging.add(response);
      response.on('close', () => hanging.delete(response));
    }

    const records = async (): Promise<string[]> =>
      (await page.locator('li').allTextContents()).sort((a, b) => parseInt(a) - parseInt(b));
    type Plain = string | { url: string; method?: string; headers?: Record<string, string> }; // nothing else goes over to the page
    const run = (inputs: readonly Plain[], options: PageOptions = {}): Promise<void> =>
      page.evaluate(({ inputs, options }) => window.run(inputs, options), { inputs, options });

    it('shows a record for each input: pages, and failures of every kind that fetch tells apart', async () => {
      const at = (path: string): string => site.url + path;
      const refused = `http://127.0.0.1:${await closedPort()}/`;
      const unexplained = 'Failed to fetch: no connection, or a browser may not read the answer (CORS)';
      const paths = [
        '/away',
        '/gzip',
        '/missing',
        '/private',
        '/reset',
        '/cut',
        '/not-gzip',
        '/large',
        '/loop',
      ];
      await run([...paths.map(at), refused, '/relative', at('/hang')], {
        maxBodyBytes: 1_000,
        timeout: 2_000,
      });
      expect(await records()).toEqual([
        `0 | 200 | ${at('/utf-8')} | 13 | naïve 東京`,
        `1 | 200 | ${at('/gzip')} | 500 | ${'x'.repeat(500)}`,
        `2 | http | body | GET ${at('/missing')}: the server answered with status 404`,
        `3 | network | headers | GET ${at('/private')}: ${unexplained}`,
        `4 | network | headers | GET ${at('/reset')}: ${unexplained}`,
        `5 | network | body | GET ${at('/cut')}: network error`,
        expect.stringMatching(/^6 \| network \| (headers|body) \| GET \S+\/not-gzip: /),
        `7 | too-large | body | GET ${at('/large')}: the body is larger than maxBodyBytes (1000): 2000 bytes announced`,
        `8 | network | headers | GET ${at('/loop')}: ${unexplained}`,
        `9 | network | headers | GET ${refused}: ${unexplained}`,
        `10 | invalid |  | "/relative" is not an absolute URL: it is relative`,
        expect.stringMatching(/^11 \| timeout \| headers \| GET \S+\/hang: /),
      ]);
      await expect.poll(() => hanging.size).toBe(0);
    });

    it('reads text in the encodings of the web', async () => {
      await run(Object.keys(texts).map((path) => site.url + path));
      const shown = Object.entries(texts).map(
        ([path, [, { length }, text]], at) => `${at} | 200 | ${site.url}${path} | ${length} | ${text}`,
      );
      expect(await records()).toEqual(shown);
    });

    it('has what is under way cancelled by a click, and keeps what had come', async () => {
      const paths = ['/utf-8', '/hang/1', '/hang/2', '/never'];
      const done = run(
        paths.map((path) => site.url + path),
        { concurrency: 2 },
      );
      await expect.poll(() => hanging.size).toBe(2);
      await page.getByRole('button', { name: 'Cancel' }).click();
      await done;
      const shown = await records();
      expect(shown.map((record) => record.split(' | ')[1])).toEqual(['200', 'cancelled', 'cancelled']);
      await expect.poll(() => hanging.size).toBe(0); // the browser has let go of the connections
    });

    it('cannot send what a browser forbids, nor see a redirect that is not followed', async () => {
      const headers = { 'X-Mine': 'yes', Cookie: 'no=1', Host: 'elsewhere' };
      await run([{ url: `${site.url}/headers`, headers }]);
      const [record = ''] = await records();
      const sent = JSON.parse(record.split(' | ').at(-1)!) as Record<string, string>;
      expect(sent).toMatchObject({ 'x-mine': 'yes', host: new URL(site.url).host });
      expect(sent).not.toHaveProperty('cookie');

      await run([`${site.url}/away`, { url: `${site.url}/headers`, method: 'TRACE' }], { maxRedirects: 0 });
      expect(await records()).toEqual([
        `0 | redirect |  | GET ${site.url}/away: redirects, and maxRedirects is 0: a browser does not show where to, nor its status`,
        expect.stringMatching(/^1 \| invalid \| {2}\| TRACE \S+: /),
      ]);
    });
  },
);
