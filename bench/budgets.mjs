import { ratioOf } from './measure.mjs';

const atLeast = (limit, unit = '×') => ({
  rule: `≥ ${limit}${unit}`,
  unit,
  holds: (value) => value >= limit,
});
const atMost = (limit, unit = '×') => ({ rule: `≤ ${limit}${unit}`, unit, holds: (value) => value <= limit });

/**
 * The promises, judged by what was measured.
 * @param {Map<string, Map<string, object>>} races results by race and entry
 */
export function judge(races) {
  const ratio = (race, of, to, key) => {
    const results = races.get(race);
    return ratioOf(results?.get(of), results?.get(to), key);
  };
  const longer = (name) => ratio('scale', `${name} ×10`, `${name} ×1`, 'seconds');
  const growth = races.get('scale')?.get('sluice streamed ×10')?.growth;
  const pages = (of, to, key = 'rate') => ratio('pages', of, to, key);
  const hosts = (key) => ratio('hosts', 'sluice per host', 'bare dispatch', key);
  const promises = [
    ['streamed, throughput of bare dispatch', atLeast(0.8), pages('sluice streamed', 'bare dispatch')],
    ['streamed, CPU of bare dispatch', atMost(1.3), pages('sluice streamed', 'bare dispatch', 'cpu')],
    [
      'one host with limits, throughput of bare dispatch',
      atLeast(0.8),
      pages('sluice per host', 'bare dispatch'),
    ],
    [
      'one host with limits, CPU of bare dispatch',
      atMost(1.3),
      pages('sluice per host', 'bare dispatch', 'cpu'),
    ],
    ['1,000 hosts with limits, throughput of bare dispatch', atLeast(0.8), hosts('rate')],
    ['1,000 hosts with limits, CPU of bare dispatch', atMost(1.3), hosts('cpu')],
    ['joined, throughput of bare dispatch', atLeast(0.7), pages('sluice joined', 'bare dispatch')],
    ['joined, throughput of p-map', atLeast(1.4), pages('sluice joined', 'p-map')],
    [
      'joined, throughput of hand-written, many pages',
      atLeast(3),
      ratio('many', 'sluice joined', 'hand-written', 'rate'),
    ],
    [
      'all in flight at once, time of bare dispatch',
      atMost(1.2),
      ratio('in flight', 'sluice streamed', 'bare dispatch', 'seconds'),
    ],
    [
      'retries that wait, throughput of hand-written',
      atLeast(3),
      ratio('retries', 'sluice retrying', 'hand-written retrying', 'rate'),
    ],
    ['ten times as many pages, time', atMost(11), longer('sluice streamed')],
    ['ten times as many pages, RSS growth', atMost(64, ' MiB'), growth && growth / 2 ** 20],
    ['ten times as many synchronous results, time', atMost(11), longer('sluice synchronous')],
  ];
  return promises.map(([work, { rule, unit, holds }, value]) => ({
    work,
    rule,
    unit,
    value,
    met: value === undefined ? undefined : holds(value),
  }));
}
