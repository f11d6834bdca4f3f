// One contestant, one time, in a process of its own, so that memory and CPU are its alone.
import { pageBytes, urls } from './workload.mjs';

const { file, origin, workload, count, warmUp, watchFrom, limits } = JSON.parse(process.argv[2]);
const { run } = await import(`./contestants/${file}.mjs`);

/** Between two looks at RSS, which costs some 20 µs. */
const watchEvery = 1_000;
const rss = { from: 0, highest: 0 };

function watch(pulled) {
  if (pulled < watchFrom || pulled % watchEvery !== 0) return;
  const now = process.memoryUsage.rss();
  if (pulled === watchFrom) rss.from = now;
  rss.highest = Math.max(rss.highest, now);
}

complete(warmUp, await run(urls(workload, origin, warmUp), limits));

const cpuBefore = process.cpuUsage();
const before = performance.now();
const watched = urls(workload, origin, count, watchFrom === undefined ? undefined : watch);
const got = await run(watched, limits);
const seconds = (performance.now() - before) / 1000;
const { user, system } = process.cpuUsage(cpuBefore);
complete(count, got);

process.send(
  {
    seconds,
    rate: count / seconds,
    cpu: (user + system) / count,
    // right as long as the parent is smaller: Linux starts a child's maximum at its parent's RSS
    peak: process.resourceUsage().maxRSS * 1024,
    rssFrom: rss.from,
    growth: rss.highest - rss.from,
  },
  () => process.exit(),
);

function complete(expected, { pages, bytes }) {
  if (pages === expected && bytes === expected * pageBytes) return;
  throw new Error(
    `expected ${expected} pages of ${pageBytes} bytes, got ${pages} with ${bytes} bytes in all`,
  );
}
