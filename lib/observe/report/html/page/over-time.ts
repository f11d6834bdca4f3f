import type { ReportData } from '../report-data.js';
import { chart } from './chart.js';
import { el, section } from './dom.js';
import { bytes, count, number, time, unfetched } from './words.js';
import { ticksOf } from './zoom.js';

/** Throughput, and how much was under way, from the run's begin to its end. */
export function overTime({ series, totals }: ReportData): HTMLElement {
  if (!series) {
    const words = 'These records do not say when things happened: they were written without timings.';
    return section('time', 'Over time', el('p', {}, words));
  }
  const { begin, width, ok, failed, inFlight, waiting } = series;
  const failedWord = unfetched(totals);
  const perSecond = (value: number): number => (value / width) * 1_000;
  const axis = {
    x: ok.map((_, place) => begin + (place + 0.5) * width),
    margin: width / 2,
    ticks: ticksOf,
    tickText: time,
    xName: 'time since the first input was pulled',
  };
  const span = (place: number): string => {
    const from = Math.max(0, begin + place * width);
    return `${time(from)} to ${time(begin + (place + 1) * width)}`;
  };
  return section(
    'time',
    'Over time',
    chart({
      ...axis,
      name: 'Records a second',
      yName: 'records/s',
      series: [
        {
          label: failedWord,
          values: ok.map((n, at) => perSecond(n + (failed[at] ?? 0))),
          color: 'fail',
          shape: 'bars',
        },
        { label: 'fetched', values: ok.map(perSecond), color: 'ok', shape: 'bars' },
      ],
      readout: (at) =>
        `${span(at)}: ${count(ok[at] ?? 0)} fetched, ${count(failed[at] ?? 0)} ${failedWord}, ${bytes(series.bytes[at] ?? 0)}`,
    }),
    chart({
      ...axis,
      name: 'Inputs under way',
      yName: 'inputs',
      series: [
        { label: 'in flight', values: inFlight, color: 'body', shape: 'line' },
        {
          label: 'waiting for a slot or for another attempt',
          values: waiting,
          color: 'connect',
          shape: 'dashes',
        },
      ],
      readout: (at) =>
        `${span(at)}: on average ${number(inFlight[at] ?? 0)} in flight, ${number(waiting[at] ?? 0)} waiting`,
    }),
  );
}
