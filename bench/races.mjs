import { whole } from './table.mjs';
import { concurrency, flakyEvery, flakyFailures, hostCount, slowness } from './workload.mjs';

/** Who can run, by the name that tables and `--only` use. */
export const contestants = {
  'bare dispatch': { file: 'bare-dispatch', about: 'undici dispatch, bodies kept' },
  'sluice streamed': { file: 'sluice-streamed', about: 'fetchFrom' },
  'sluice joined': { file: 'sluice-joined', about: 'fetchFrom, toBatch' },
  'sluice per host': { file: 'sluice-per-host', about: 'fetchFrom, perHost' },
  'sluice retrying': { file: 'sluice-retrying', about: 'fetchFrom, retry, toBatch' },
  'sluice synchronous': { file: 'sluice-synchronous', about: 'fetchFrom, no network' },
  'p-map': { file: 'p-map-undici', about: 'pMapSettled, request, AbortSignal.timeout' },
  'hand-written': { file: 'merge-map-undici', about: 'from, mergeMap, request, toArray' },
  'hand-written retrying': { file: 'merge-map-retry', about: 'from, mergeMap, request, retry, toArray' },
  fromFetch: { file: 'merge-map-from-fetch', about: 'from, mergeMap, fromFetch, toArray' },
  got: { file: 'p-map-got', about: 'pMapSettled, got' },
};

const full = {
  pages: 40_000,
  slow: 10_000,
  hosts: 100_000,
  many: 200_000,
  inFlight: 10_000,
  retries: 200_000,
  scale: 100_000,
  warmUp: 5_000,
  rounds: 7,
};
const quick = {
  pages: 4_000,
  slow: 500,
  hosts: 4_000,
  many: 10_000,
  inFlight: 1_000,
  retries: 20_000,
  scale: 5_000,
  warmUp: 1_000,
  rounds: 1,
};

/**
 * What is run: each entry a contestant and how many URLs it gets, after how many to warm up; which URLs, when they
 * are not those of one page, and its limits, when they are not the usual ones.
 * `reference` is the entry that the others of its race are compared with, `server` the one that the race has for
 * itself, `needs` what not every machine has.
 */
export function racesFor({ quick: isQuick, rounds, only }) {
  const size = isQuick ? quick : full;
  const most = rounds ?? size.rounds;
  const few = rounds ?? Math.min(3, size.rounds);
  const { warmUp } = size;
  const races = [
    {
      name: 'pages',
      title: '1 KB pages',
      reference: 'bare dispatch',
      rounds: most,
      entries: [
        ...entries(['bare dispatch', 'sluice streamed'], size.pages, warmUp),
        { ...entry('sluice per host', size.pages, warmUp), limits: { perHost: concurrency } },
        entry('sluice joined', size.pages, warmUp),
        ...entries(['p-map', 'hand-written'], size.pages, warmUp),
        ...entries(['fromFetch', 'got'], size.slow, Math.min(warmUp, size.slow / 4)),
      ],
    },
    {
      name: 'hosts',
      title: '1 KB pages of many hosts',
      note: `${whole(hostCount)} hosts are asked in turn, so that a host comes again after all others; \`sluice per host\` asks each for 2 pages at a time at most.`,
      reference: 'bare dispatch',
      rounds: most,
      needs: { address: '127.0.1.1', sockets: 2 * hostCount },
      entries: entries(['bare dispatch', 'sluice streamed', 'sluice per host'], size.hosts, warmUp).map(
        (one) => ({ ...one, workload: 'hosts', limits: { perHost: 2 } }),
      ),
    },
    {
      name: 'many',
      title: 'Many 1 KB pages',
      reference: 'hand-written',
      rounds: few,
      entries: entries(['hand-written', 'sluice joined', 'sluice streamed'], size.many, warmUp),
    },
    {
      name: 'in flight',
      title: 'All in flight at once',
      note: `Every URL is asked at once, of a Node server that answers each after ${slowness / 1000} s.`,
      reference: 'bare dispatch',
      inSeconds: true,
      rounds: few,
      server: 'slow',
      needs: { address: '127.0.0.2', sockets: size.inFlight },
      entries: entries(['bare dispatch', 'sluice streamed'], size.inFlight, 100).map((one) => ({
        ...one,
        workload: 'slow',
        limits: { concurrency: size.inFlight },
      })),
    },
    {
      name: 'retries',
      title: 'Retries that wait',
      note: `One URL in ${flakyEvery} fails ${flakyFailures} times, with a 503, before it has a page, at a Node server; each retry waits 100 ms. Hand-written, it keeps its slot meanwhile, and mergeMap's buffer holds all URLs.`,
      reference: 'hand-written retrying',
      rounds: few,
      server: 'flaky',
      entries: entries(['hand-written retrying', 'sluice retrying'], size.retries, warmUp / 5).map((one) => ({
        ...one,
        workload: 'flaky',
      })),
    },
    {
      name: 'scale',
      title: 'Ten times as many, streamed',
      watchFrom: size.scale,
      rounds: few,
      entries: [
        ...tenfold('sluice streamed', size.scale, warmUp),
        // so quick that compiling would be most of a short run
        ...tenfold('sluice synchronous', size.scale, size.scale),
      ],
    },
  ];
  return only ? races.map((race) => restrict(race, only)).filter(({ entries }) => entries.length > 0) : races;
}

const entries = (names, count, warmUp) => names.map((name) => entry(name, count, warmUp));

const entry = (contestant, count, warmUp) => ({ name: contestant, contestant, count, warmUp });

/** The same work once and ten times, the latter's memory watched once the former's part of it is done. */
const tenfold = (contestant, count, warmUp) =>
  [1, 10].map((times) => ({
    ...entry(contestant, count * times, warmUp),
    name: `${contestant} ×${times}`,
    watchFrom: times === 1 ? undefined : count,
  }));

const restrict = (race, only) =>
  race.name === only
    ? race
    : { ...race, entries: race.entries.filter(({ contestant }) => contestant === only) };
