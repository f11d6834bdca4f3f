import { writeFileSync } from 'node:fs';
import { htmlReport } from '/tmp/c-report/lib/observe/report/html/html-report.ts';
import { madeUpLines } from '/tmp/c-report/spec/observe/report/made-up-lines.ts';
import { launch } from '/tmp/c-report/spec/support/chromium.ts';
const n = Number(process.argv[2] ?? 2000);
console.time('report'); const lines = madeUpLines(n); console.timeLog('report');
const report = htmlReport({ title: 'The catalogue of May' });
for (const line of lines) report.next(line);
const html = report.html(); console.timeEnd('report');
console.log(html.length);
writeFileSync('/tmp/shot.html', html);
const browser = await launch();
for (const scheme of ['light', 'dark'] as const) for (const width of [1280, 400]) {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: scheme });
  page.on('console', (m) => console.log(m.text()));
  page.on('pageerror', (e) => console.log(e));
  await page.goto('file:///tmp/shot.html');
  await page.locator('#failures summary').first().click();
  await page.locator('.row-name').nth(1).click();
  await page.waitForTimeout(300);
  await page.screenshot({ path: `/tmp/shot-${width}-${scheme}.png`, fullPage: true });
  console.log(width, scheme, await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight]));
  await page.close();
}
await browser.close();
