/** Who can run, by the name that tables and `--only` use. */
export const contestants = {
  'bare dispatch': { file: 'bare-dispatch', about: 'undici dispatch, bodies kept' },
  'sluice streamed': { file: 'sluice-streamed', about: 'fetchFrom' },
  'sluice joined': { file: 'sluice-joined', about: 'fetchFrom, toBatch' },
  'sluice synchronous': { file: 'sluice-synchronous', about: 'fetchFrom, no network' },
  'p-map': { file: 'p-map-undici', about: 'pMapSettled, request, AbortSignal.timeout' },
  'hand-written': { file: 'merge-map-undici', about: 'from, mergeMap, request, toArray' },
  fromFetch: { file: 'merge-map-from-fetch', about: 'from, mergeMap, fromFetch, toArray' },
  got: { file: 'p-map-got', about: 'pMapSettled, got' },
};

const full = { pages: 40_000, slow: 10_000, many: 200_000, scale: 100_000, warmUp: 5_000, rounds: 5 };
const quick = { pages: 8_000, slow: 1_000, many: 20_000, scale: 10_000, warmUp: 2_000, rounds: 1 };

/**
 * What is run: each entry a contestant and how many URLs it gets, after how many to warm up.
 * `reference` is the entry that the others of its race are compared with.
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
        ...entries(['bare dispatch', 'sluice streamed', 'sluice joined'], size.pages, warmUp),
        ...entries(['p-map', 'hand-written'], size.pages, warmUp),
        ...entries(['fromFetch', 'got'], size.slow, Math.min(warmUp, size.slow / 4)),
      ],
    },
    {
      name: 'many',
      title: 'Many 1 KB pages',
      reference: 'hand-written',
      rounds: few,
      entries: entries(['hand-written', 'sluice joined', 'sluice streamed'], size.many, warmUp),
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
