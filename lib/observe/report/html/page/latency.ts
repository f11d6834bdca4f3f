import type { LatencyBar, ReportData } from '../report-data.js';
import { chart } from './chart.js';
import { el, section, table } from './dom.js';
import { count, counted, percent, time, unfetched } from './words.js';
import type { View } from './zoom.js';

/** How long records took: a histogram whose bars grow with the duration, and percentiles. */
export function latencies({ latency, totals }: ReportData): HTMLElement {
  const { bars, percentiles, most } = latency;
  if (bars.length === 0) {
    return section('latency', 'Latency', el('p', {}, 'No attempt was started, so nothing took any time.'));
  }
  const placeOf = placeIn(bars);
  const picture = chart({
    name: 'How long the records took, from the first attempt on',
    x: bars.map((_, place) => place),
    margin: 0.5,
    // uPlot draws the later series over the earlier ones: what is seen of the sum is the failures
    series: [
      {
        label: unfetched(totals),
        values: bars.map(({ ok, failed }) => ok + failed),
        color: 'fail',
        shape: 'bars',
      },
      { label: 'fetched', values: bars.map(({ ok }) => ok), color: 'ok', shape: 'bars' },
    ],
    ticks: (view, many) => roundTimes(view, many, placeOf),
    tickText: (place) => time(timeAt(place)),
    xName: 'time (each bar 19 % longer than the one before)',
    yName: 'records',
    readout: (place) => sentence(bars[place], latency.count, unfetched(totals)),
    marks: percentiles
      .filter(([share]) => [50, 95, 99].includes(share))
      .map(([share, ms]) => [placeOf(ms), `p${share}`] as const),
  });

  function timeAt(place: number): number {
    return Math.round(2 ** ((place + 0.5 + firstOf(bars)) / 4) * 100) / 100;
  }

  const rows = percentiles.map(([share, ms]) => [`${share}%`, time(ms)]);
  return section(
    'latency',
    'Latency',
    el(
      'div',
      { class: 'beside' },
      picture,
      table('Percentiles', ['of the records', 'took at most'], [...rows, ['100%', time(most)]]),
    ),
  );
}

/** The number of the first bar, of those that begin at the fourth roots of two; -1 is what took less than a ms. */
function firstOf([first]: readonly LatencyBar[]): number {
  return first === undefined || first.from === 0 ? -1 : Math.round(Math.log2(first.from) * 4);
}

/** Where a duration is among the bars, whose middles are whole numbers. */
function placeIn(bars: readonly LatencyBar[]): (ms: number) => number {
  const first = firstOf(bars);
  return (ms) => (ms < 1 ? -0.5 : Math.log2(ms) * 4) - first - 0.5;
}

/** 1, 2, 5, 10 … ms within the view; fewer of each power of ten where there are too many. */
function roundTimes({ from, to }: View, most: number, placeOf: (ms: number) => number): readonly number[] {
  const placesOf = (mantissas: readonly number[]): readonly number[] =>
    Array.from({ length: 11 }, (_, power) => mantissas.map((mantissa) => placeOf(mantissa * 10 ** power)))
      .flat()
      .filter((place) => place >= from && place <= to);
  const finer = [[1, 2, 5], [1, 3], [1]].map(placesOf);
  return finer.find(({ length }) => length <= most) ?? [];
}

function sentence(bar: LatencyBar | undefined, all: number, failedWord: string): string {
  if (!bar) return '';
  const { from, to, ok, failed } = bar;
  const share = percent(ok + failed, all);
  return `${time(from)} to ${time(to)}: ${counted(ok + failed, 'record')} (${share}), ${count(failed)} of them ${failedWord}`;
}
