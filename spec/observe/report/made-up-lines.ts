import { failureKinds } from '../../../lib/model/fetch-error.js';
import type { RecordLine } from '../../../lib/observe/report/record-line.js';

/** Numbers from 0 to 1 that are the same each time (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const kinds = failureKinds.filter((kind) => !['invalid', 'project', 'overflow'].includes(kind));
const begin = Date.UTC(2024, 4, 1, 12);

/** Records as a crawl of some hosts makes them: skewed latencies, failures of many kinds, retries. */
export function madeUpLines(count: number, hosts = 40): RecordLine[] {
  const random = seeded(count);
  const slots = Array.from({ length: 16 }, () => 0);
  return Array.from({ length: count }, (_, index) => {
    const slot = slots.indexOf(Math.min(...slots));
    const pulled = Math.max(0, slots[slot]! - random() * 30);
    const host = Math.floor(random() ** 2 * hosts);
    const tries = [];
    let at = slots[slot]! - pulled;
    const ok = random() > (host % 7 === 3 ? 0.4 : 0.06);
    const attempts = ok ? (random() > 0.93 ? 2 : 1) : 1 + Math.floor(random() * 3);
    for (let attempt = 0; attempt < attempts; attempt++) {
      const start = round(at);
      const sent = round((at += random() < 0.4 ? random() * 40 : 0));
      const response = round((at += 15 + 60 * (host % 5) * random() ** 3 + 20 * random()));
      const end = round((at += 4 * random() + (random() < 0.1 ? 200 * random() : 3)));
      tries.push(ok || random() < 0.5 ? { start, sent, response, end } : { start, end });
      at += attempt + 1 < attempts ? 100 * random() : 0;
    }
    const settled = round(at);
    slots[slot]! += settled;
    const url = `https://host-${host}.example${host % 3 === 0 ? ':8443' : ''}/section/${index % 13}/page-${index}?q=${index * 7}`;
    const kind = kinds[(host + Math.floor(random() * 3)) % kinds.length]!;
    const status = kind === 'http' ? [404, 500, 503][Math.floor(random() * 3)]! : undefined;
    return {
      v: 1,
      index,
      ok,
      request: { url },
      ...(ok && { url, status: 200, bytes: Math.floor(random() ** 3 * 200_000) }),
      ...(!ok && status !== undefined && { status }),
      attempts,
      waited: round(tries[0]!.start),
      duration: round(settled - tries[0]!.start),
      pulled: begin + round(pulled),
      settled,
      tries,
      ...(!ok && {
        error: {
          kind,
          message: `GET ${url}: it did not work, as ${kind} says`,
          ...(status !== undefined && { status }),
        },
      }),
    };
  });
}

function round(ms: number): number {
  return Math.round(ms);
}
