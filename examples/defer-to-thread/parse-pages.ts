// 200 pages are parsed on the main thread, then on others: how long its event loop is held up by that.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import { lastValueFrom, map, tap, toArray, type OperatorFunction } from 'rxjs';
import { mergeFrom } from 'sluice';
import { mapInWorker } from 'sluice/worker';
import countWords from './count-words.mjs';

type Words = readonly (readonly [word: string, count: number])[];

const words = ['sluice', 'gate', 'water', 'level', 'lock', 'weir', 'mill', 'race'];
const paragraph = (page: number): string =>
  words.map((word, n) => `<b>${word}</b> ${`${word} `.repeat((page * (n + 3)) % 17)}`).join('<br>');
const pages = Array.from({ length: 200 }, (_, page) => `<p>${paragraph(page)}</p>`.repeat(200));

const here: OperatorFunction<string, Words> = map((html) => countWords(html));
const elsewhere = mapInWorker<string, Words>(new URL('./count-words.mjs', import.meta.url));

for (const [where, parse] of [
  ['on the main thread', here],
  ['on other threads', elsewhere],
] as const) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const pages$ = mergeFrom(pages, (html) => setImmediate(html), { concurrency: 8 });
  // from the first parsed page on: by then the threads have started
  const parsed = await lastValueFrom(pages$.pipe(parse, tap({ next: () => delay.enable() }), toArray()));
  delay.disable();
  const [p99, max] = [delay.percentile(99), delay.max].map((ns) => (ns / 1e6).toFixed(1));
  console.log(
    `${parsed.length} pages parsed ${where}: event loop late by ${p99} ms (p99), ${max} ms at most`,
  );
}
