import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Locator, Page } from 'playwright-core';
import { htmlReport, type RecordLine } from 'sluice/report';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { executablePath, launch } from '../../support/chromium.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { lowContrasts } from './contrast.js';
import { hostileLines } from './hostile-lines.js';
import { madeUpLines } from './made-up-lines.js';

const inputs = 600;

function htmlOf(lines: readonly RecordLine[], title?: string): string {
  const report = htmlReport(title === undefined ? {} : { title });
  for (const line of lines) report.next(line);
  return report.html();
}

describe.skipIf(executablePath === undefined)(
  'the page of a report, in Chromium',
  { timeout: 120_000 },
  () => {
    let browser: Browser;
    let page: Page;
    /** What the page does that it should not: errors, messages, dialogs, requests, windows. */
    let noise: string[];

    beforeAll(async () => {
      browser = await launch();
    });
    afterAll(() => browser.close());

    beforeEach(() => {
      noise = [];
    });
    afterEach(async () => {
      await page.context().close();
      expect(noise).toEqual([]);
    });

    async function open(html: string, options: Parameters<Browser['newContext']>[0] = {}): Promise<void> {
      const file = join((await temporaryFolder()).path, 'report.html');
      await writeFile(file, html);
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
      page = await context.newPage();
      const url = pathToFileURL(file).href;
      page.on('pageerror', (error) => noise.push(`error: ${error.message}`));
      page.on('console', (message) => noise.push(`console: ${message.text()}`)); // violations of the policy, too
      page.on('dialog', (dialog) => {
        noise.push(`dialog: ${dialog.message()}`);
        void dialog.dismiss();
      });
      context.on('page', (other) => other !== page && noise.push(`window: ${other.url()}`));
      context.on('request', (request) => {
        const asked = request.url();
        if (asked !== url && !asked.startsWith('data:')) noise.push(`request: ${asked}`);
      });
      await page.goto(url);
      await page.locator('footer').waitFor();
    }

    /** Pixels of a chart that have any colour. */
    async function ink(canvas: Locator): Promise<number> {
      return canvas.evaluate((element) => {
        const { width, height } = element as HTMLCanvasElement;
        const copy = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
        copy.drawImage(element as HTMLCanvasElement, 0, 0);
        const { data } = copy.getImageData(0, 0, width, height);
        return data.reduce((count, value, at) => count + (at % 4 === 3 && value > 0 ? 1 : 0), 0);
      });
    }

    /** Everything that can be opened is opened. */
    async function unfold(): Promise<void> {
      await page.evaluate(() => {
        for (const row of document.querySelectorAll<HTMLElement>('.row-name')) row.click();
        for (const details of document.querySelectorAll('details')) details.open = true;
      });
    }

    describe('of a run of some hundred inputs', () => {
      const html = htmlOf(madeUpLines(inputs), 'A run');

      it('draws its charts', async () => {
        await open(html);
        const canvases = page.locator('canvas');
        await expect.poll(() => canvases.count()).toBe(3);
        for (const canvas of await canvases.all()) expect(await ink(canvas)).toBeGreaterThan(5_000);
        const marbles = page.locator('#marbles img');
        await expect
          .poll(() => marbles.evaluate((image) => (image as HTMLImageElement).naturalHeight))
          .toBeGreaterThan(3_000);
        expect(await marbles.getAttribute('alt')).toContain('the first 200 of 600 inputs');
      });

      it('says how the inputs ended', async () => {
        await open(html);
        const kinds = madeUpLines(inputs).map(({ error }) => error?.kind);
        const fetched = kinds.filter((kind) => kind === undefined).length;
        const cut = kinds.filter((kind) => kind === 'cancelled').length;
        expect(cut).toBeGreaterThan(0);
        const tiles = await page.locator('.tiles > div').allTextContents();
        expect(tiles.slice(0, 4)).toEqual([
          'Inputs600',
          expect.stringMatching(new RegExp(`^Fetched${fetched}`)),
          expect.stringMatching(new RegExp(`^Failed${inputs - fetched - cut}`)),
          expect.stringMatching(new RegExp(`^Cut off${cut}`)),
        ]);
        expect(await page.title()).toBe('A run');
      });

      it('reads a chart by the arrow keys, and zooms it', async () => {
        await open(html);
        const chart = page.locator('#latency .chart');
        const said = page.locator('#latency .readout');
        await chart.locator('canvas').waitFor();
        await chart.focus();
        await page.keyboard.press('ArrowRight');
        const first = await said.textContent();
        expect(first).toMatch(/ ms to .* records? \(.*%\), \d+ of them failed or cut off$/);
        await page.keyboard.press('ArrowRight');
        expect(await said.textContent()).not.toBe(first);
        const before = await ink(chart.locator('canvas'));
        await page.keyboard.press('+');
        await expect.poll(() => ink(chart.locator('canvas'))).not.toBe(before);
        await page.keyboard.press('0');
        await expect.poll(() => ink(chart.locator('canvas'))).toBe(before);
      });

      it('zooms the waterfall by keys, buttons and the mouse', async () => {
        await open(html);
        const waterfall = page.locator('.waterfall');
        const said = page.locator('#waterfall > .readout');
        const all = await said.textContent();
        await waterfall.focus();
        const states = new Set([all]);
        const differs = async (): Promise<void> => {
          const now = await said.textContent();
          expect(states).not.toContain(now);
          states.add(now);
        };
        await page.keyboard.press('+');
        await differs();
        await page.keyboard.press('ArrowRight');
        await differs();
        await page.keyboard.press('0');
        expect(await said.textContent()).toBe(all);

        const whole = await page.locator('.track .phase:not([hidden])').count();
        await page.getByRole('button', { name: 'Zoom in' }).click();
        await page.getByRole('button', { name: 'Zoom in' }).click();
        await page.getByRole('button', { name: 'Earlier' }).click();
        await differs();
        expect(await page.locator('.track .phase:not([hidden])').count()).toBeLessThan(whole);
        await page.getByRole('button', { name: 'Show all of the time' }).click();
        expect(await said.textContent()).toBe(all);

        await waterfall.scrollIntoViewIfNeeded();
        const track = (await page.locator('.track').first().boundingBox())!;
        await page.mouse.move(track.x + track.width * 0.25, track.y + 5);
        await page.mouse.down();
        await page.mouse.move(track.x + track.width * 0.75, track.y + 5, { steps: 4 });
        await page.mouse.up();
        await differs();
        await page.mouse.dblclick(track.x + 40, track.y + 5);
        expect(await said.textContent()).toBe(all);
      });

      it('shows other records in the waterfall, and each of them in full', async () => {
        await open(html);
        await page.getByLabel('Show the').selectOption('first');
        const names = page.locator('.row-name');
        expect(await names.count()).toBe(100);
        await names.nth(3).focus();
        await page.keyboard.press('Enter');
        expect(await names.nth(3).getAttribute('aria-expanded')).toBe('true');
        const [line] = madeUpLines(inputs).filter(({ index }) => index === 3);
        const link = page.locator('.row').nth(3).locator('a').first();
        expect(await link.getAttribute('href')).toBe(line!.request.url);
        expect(await link.getAttribute('rel')).toBe('noreferrer noopener');
      });

      it('sorts hosts by a click on a head, and finds them by a word', async () => {
        await open(html);
        const cells = (column: number): Promise<string[]> =>
          page.locator(`#hosts tbody tr > :nth-child(${column})`).allTextContents();
        const counts = (await cells(2)).map(Number);
        expect(counts.length).toBe(40);
        expect(counts).toEqual(counts.toSorted((a, b) => b - a));

        const failed = page.getByRole('button', { name: 'Failed', exact: true });
        await failed.focus();
        await page.keyboard.press('Enter');
        const down = (await cells(3)).map(Number);
        expect(down).toEqual(down.toSorted((a, b) => b - a));
        expect(await page.locator('th[aria-sort=descending]').textContent()).toBe('Failed');
        await page.keyboard.press('Enter');
        expect((await cells(3)).map(Number)).toEqual(down.toSorted((a, b) => a - b));

        await page.getByLabel('Find a host').fill('HOST-1');
        const found = await cells(1);
        expect(found.length).toBe(11);
        expect(found.every((host) => host.startsWith('host-1'))).toBe(true);
        await page.getByLabel('Find a host').fill('');
        await page.getByLabel('only those with failures').check();
        expect((await cells(3)).filter((count) => count === '0')).toEqual([]);
      });

      it('says of hosts apart what failed and what was cut off', async () => {
        await open(html);
        const kinds = madeUpLines(inputs).map(({ error }) => error?.kind);
        const cut = kinds.filter((kind) => kind === 'cancelled').length;
        const heads = await page.locator('#hosts thead th').allTextContents();
        expect(heads.slice(2, 5)).toEqual(['Failed', 'Failed, %', 'Cut off']);
        const sums = await Promise.all(
          [3, 5].map(async (column) =>
            (await page.locator(`#hosts tbody tr > :nth-child(${column})`).allTextContents())
              .map(Number)
              .reduce((sum, count) => sum + count, 0),
          ),
        );
        expect(sums).toEqual([kinds.filter((kind) => kind !== undefined).length - cut, cut]);
        expect(await page.getByLabel('Show the').locator('option').nth(1).textContent()).toMatch(
          /^failed or cut off \(/,
        );
      });

      it('groups failures by kind, host and status, with samples and what to do', async () => {
        await open(html);
        const failures = madeUpLines(inputs).filter(({ ok, error }) => !ok && error?.kind !== 'cancelled');
        const groups = page.locator('.groups > details');
        const total = async (): Promise<number> =>
          (await groups.locator('> summary .count').allTextContents()).reduce((sum, n) => sum + Number(n), 0);
        expect(await groups.count()).toBe(new Set(failures.map(({ error }) => error!.kind)).size);
        expect(await total()).toBe(failures.length);
        await groups.first().locator('> summary').click();
        await groups.first().getByText('What to do:').waitFor();
        expect(await groups.first().locator('.details').count()).toBeGreaterThan(3);

        const select = page.getByLabel('Group by');
        await select.selectOption('host');
        expect(await groups.count()).toBe(
          new Set(failures.map(({ request }) => new URL(request.url).host)).size,
        );
        expect(await total()).toBe(failures.length);
        await select.selectOption('status');
        expect(await total()).toBe(failures.length);
        expect(await groups.first().locator('> summary .name').textContent()).toBe('no response');
      });

      it.each(['light', 'dark'] as const)(
        'is %s as the system is, and the switch changes it',
        async (scheme) => {
          await open(html, { colorScheme: scheme });
          const ground = (): Promise<string> =>
            page.evaluate(() => getComputedStyle(document.body).backgroundColor);
          const image = page.locator('#marbles img');
          const colors = { light: 'rgb(255, 255, 255)', dark: 'rgb(13, 17, 23)' };
          const other = scheme === 'light' ? 'dark' : 'light';
          expect(await ground()).toBe(colors[scheme]);
          const source = await image.getAttribute('src');
          await page.getByLabel('Theme').selectOption(other);
          expect(await ground()).toBe(colors[other]);
          expect(await image.getAttribute('src')).not.toBe(source);
          await page.getByLabel('Theme').selectOption('auto');
          expect(await ground()).toBe(colors[scheme]);
        },
      );

      it.each(['light', 'dark'] as const)('has no text that is hard to read (%s)', async (scheme) => {
        await open(html, { colorScheme: scheme });
        await unfold();
        expect(await page.evaluate(lowContrasts)).toEqual([]);
      });

      it('is light on paper', async () => {
        await open(html, { colorScheme: 'dark' });
        await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
        await expect
          .poll(() => page.evaluate(() => getComputedStyle(document.body).backgroundColor))
          .toBe('rgb(255, 255, 255)');
        expect((await page.pdf()).length).toBeGreaterThan(10_000);
      });

      it.each([1280, 400])('is no wider than the window (%i px)', async (width) => {
        await open(html, { viewport: { width, height: 800 } });
        await unfold();
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
        // what is wider than its parent scrolls by itself
        expect(
          await page.evaluate(
            () =>
              [...document.querySelectorAll('section')].filter((part) => part.scrollWidth > part.clientWidth)
                .length,
          ),
        ).toBe(0);
      });
    });

    it('shows at its edges that a table goes on', async () => {
      await open(htmlOf(madeUpLines(inputs)), { viewport: { width: 400, height: 800 } });
      const table = page.getByRole('region', { name: 'Table of hosts' });
      const edges = (): Promise<string[]> =>
        table.evaluate((inner) =>
          ['::before', '::after'].filter((edge) => {
            const { content } = getComputedStyle(inner.parentElement!, edge);
            return content !== 'none';
          }),
        );
      await expect.poll(edges).toEqual(['::after']);
      await table.evaluate((inner) => inner.scrollBy({ left: 40 }));
      await expect.poll(edges).toEqual(['::before', '::after']);
      await table.evaluate((inner) => inner.scrollBy({ left: inner.scrollWidth }));
      await expect.poll(edges).toEqual(['::before']);
      await page.setViewportSize({ width: 1280, height: 800 });
      await expect.poll(edges).toEqual([]);
    });

    describe('of servers that mean harm', () => {
      it.each([1280, 400])('runs, loads and shows nothing but text (%i px)', async (width) => {
        const lines = hostileLines();
        await open(htmlOf(lines, '</title><script>alert(1)</script>\u202e'), {
          viewport: { width, height: 800 },
        });
        await unfold();
        await page.getByLabel('Group by').selectOption('host');
        await unfold();
        for (const choice of ['failed', 'first', 'slowest']) {
          await page.getByLabel('Show the').selectOption(choice);
          await unfold();
        }
        expect(await page.evaluate(() => (globalThis as { harmed?: unknown }).harmed)).toBeUndefined();
        expect(await page.locator('script').count()).toBe(2);
        expect(await page.locator('iframe, object, embed, form, svg, main style, main script').count()).toBe(
          0,
        );
        const schemes = await page
          .locator('main a')
          .evaluateAll((links) => links.map((link) => new URL((link as HTMLAnchorElement).href).protocol));
        expect(schemes.length).toBeGreaterThan(0);
        expect(schemes.filter((scheme) => scheme !== 'http:' && scheme !== 'https:')).toEqual([]);
        const text = await page.locator('body').evaluate((body) => (body as HTMLElement).innerText);
        expect(text).toContain('</script><script>');
        expect(text).toContain('\\u{202e}');
        expect(text).not.toMatch(/[\u0000\u202a-\u202e\u2066-\u2069]/); // eslint-disable-line no-control-regex -- that they are not there
        expect(text).not.toContain('hunter2');
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      });

      it('may not run what came in by another way: the policy of the page forbids it', async () => {
        await open(htmlOf(madeUpLines(3)));
        const harmed = await page.evaluate(() => {
          const script = document.createElement('script');
          const wanted: string[] = [];
          const attempt = (name: string, act: () => void): void => {
            try {
              act();
            } catch {
              wanted.push(name);
            }
          };
          attempt('html', () => (document.body.innerHTML += '<b>'));
          attempt('script', () => (script.textContent = 'globalThis.harmed = 1'));
          return wanted;
        });
        expect(harmed).toEqual(['html', 'script']);
        const fetched = await page.evaluate(() =>
          fetch('http://127.0.0.1:9/').then(
            () => 'came',
            () => 'refused',
          ),
        );
        expect(fetched).toBe('refused');
        expect(noise.filter((line) => line.startsWith('request:'))).toEqual([]);
        noise = []; // the policy has said what it thinks of that
      });
    });

    it('says so where there is nothing to show', async () => {
      await open(htmlOf([]));
      expect(await page.locator('main').textContent()).toContain('No record came.');
      expect(await page.locator('canvas').count()).toBe(0);
    });

    it('speaks of nothing cut off where nothing was', async () => {
      await open(htmlOf(madeUpLines(50).filter(({ error }) => error?.kind !== 'cancelled')));
      expect(await page.locator('body').evaluate((body) => (body as HTMLElement).innerText)).not.toMatch(
        /cut off/i,
      );
    });

    it('does without times', async () => {
      const timeless = madeUpLines(50).map(({ pulled: _, settled: __, tries: ___, ...line }) => line);
      await open(htmlOf(timeless));
      expect(await page.locator('#time').textContent()).toContain('do not say when things happened');
      await expect.poll(() => page.locator('canvas').count()).toBe(1);
      expect(await page.locator('#marbles').count()).toBe(0);
    });
  },
);
