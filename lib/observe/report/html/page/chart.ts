import uPlot from 'uplot';
import { el } from './dom.js';
import { color, onTheme } from './theme.js';
import { moved, zoomed, type View } from './zoom.js';

/** A series of a chart; its colours are names of style.css. */
export interface ChartSeries {
  readonly label: string;
  readonly values: readonly number[];
  readonly color: string;
  readonly shape: 'bars' | 'line' | 'dashes';
}

export interface ChartOptions {
  /** What it shows, for those who do not see it. */
  readonly name: string;
  readonly x: readonly number[];
  /** Half the width of a bar, in units of x: how far the chart reaches beyond its outermost points. */
  readonly margin: number;
  readonly series: readonly ChartSeries[];
  /** Where the x axis has its marks, and what they say. */
  readonly ticks: (view: View, most: number) => readonly number[];
  readonly tickText: (x: number) => string;
  /** What the axes say. */
  readonly xName: string;
  readonly yName: string;
  /** What is said of the point that is pointed at. */
  readonly readout: (place: number) => string;
  /** Lines across, with a word each. */
  readonly marks?: readonly (readonly [x: number, word: string])[];
}

const height = 240;
const font = '12px system-ui, sans-serif';

/** A chart that follows its width and the theme, and is read by mouse and by keys. */
export function chart(options: ChartOptions): HTMLElement {
  const { name, x, margin, series, readout } = options;
  const whole: View = { from: (x[0] ?? 0) - margin, to: (x.at(-1) ?? 0) + margin };
  let view = whole;
  let plot: uPlot | undefined;
  const keys = el('ul', { class: 'keys' }, ...series.map(keyOf));
  const said = el(
    'p',
    { class: 'readout', 'aria-live': 'polite' },
    'Point at it, or read it by the arrow keys.',
  );
  const place = el('div', {
    class: 'chart',
    tabindex: 0,
    role: 'group',
    'aria-label': `Chart: ${name}. ${hint}`,
  });

  const show = (to: View): void => {
    view = to;
    plot?.setScale('x', { min: view.from, max: view.to });
  };
  const pointAt = (point: number): void => {
    if (!plot) return;
    const next = Math.min(Math.max(point, 0), x.length - 1);
    const at = x[next] ?? 0;
    if (at < view.from || at > view.to) show(moved(view, at < view.from ? -0.5 : 0.5, whole));
    plot.setCursor({ left: plot.valToPos(at, 'x'), top: height / 3 });
    said.textContent = readout(next);
  };
  place.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const now = plot?.cursor.idx ?? undefined;
    const middle = now === undefined ? (view.from + view.to) / 2 : (x[now] ?? 0);
    if (event.key === 'ArrowRight') pointAt((now ?? -1) + 1);
    else if (event.key === 'ArrowLeft') pointAt((now ?? x.length) - 1);
    else if (event.key === 'Home') pointAt(0);
    else if (event.key === 'End') pointAt(x.length - 1);
    else if (event.key === '+' || event.key === '=') show(zoomed(view, 1 / 2, middle, whole));
    else if (event.key === '-') show(zoomed(view, 2, middle, whole));
    else if (event.key === '0') show(whole);
    else return;
    event.preventDefault();
  });

  const draw = (width: number): void => {
    plot?.destroy();
    const hooks: uPlot.Hooks.Arrays = {
      setCursor: [
        ({ cursor: { idx } }) => {
          if (typeof idx === 'number' && place.matches(':hover')) said.textContent = readout(idx);
        },
      ],
      setScale: [
        ({ scales }, key) => {
          if (key === 'x') view = { from: scales['x']?.min ?? whole.from, to: scales['x']?.max ?? whole.to };
        },
      ],
      draw: [(chart) => drawMarks(chart, options.marks ?? [])],
    };
    const data = [[...x], ...series.map(({ values }) => [...values])] as uPlot.AlignedData;
    plot = new uPlot({ ...plotOptions(options, width), hooks }, data, place);
    show(view);
  };
  new ResizeObserver(() => {
    const width = Math.floor(place.clientWidth);
    if (width > 0 && width !== plot?.width) draw(width);
  }).observe(place);
  onTheme(() => {
    if (plot) draw(plot.width);
  });
  return el('figure', {}, el('figcaption', {}, name), keys, place, said);
}

const hint =
  'Arrow keys read it, + and - zoom, 0 shows all; drag to zoom by mouse, double-click to show all.';

function keyOf({ label, color, shape }: ChartSeries): HTMLElement {
  return el('li', {}, el('span', { class: `key ${shape} ${color}`, 'aria-hidden': 'true' }), label);
}

function plotOptions(options: ChartOptions, width: number): uPlot.Options {
  const { series, ticks, tickText, xName, yName } = options;
  const axis = {
    stroke: color('soft'),
    font,
    labelFont: font,
    grid: { stroke: color('line'), width: 1 },
    ticks: { stroke: color('line'), width: 1 },
  };
  return {
    width,
    height,
    legend: { show: false },
    cursor: { drag: { x: true, y: false }, points: { size: 7 }, y: false },
    scales: {
      x: { time: false, range: (_, from, to) => [from, to] },
      y: { range: (_, __, most) => [0, Math.max(1e-9, most * 1.08)] },
    },
    axes: [
      {
        ...axis,
        label: xName,
        labelSize: 22,
        size: 30,
        splits: (_, __, from, to) => [...ticks({ from, to }, Math.max(2, Math.floor(width / 70)))],
        values: (_, splits) => splits.map(tickText),
      },
      { ...axis, label: yName, labelSize: 22, size: 52 },
    ],
    series: [{}, ...series.map(seriesOf)],
  };
}

function seriesOf({ label, color: name, shape }: ChartSeries): uPlot.Series {
  const stroke = color(name);
  if (shape !== 'bars') {
    return { label, stroke, width: 2, points: { show: false }, ...(shape === 'dashes' && { dash: [6, 4] }) };
  }
  const paths = uPlot.paths.bars?.({ size: [0.9, 60], align: 0 });
  return { label, fill: stroke, width: 0, points: { show: false }, ...(paths && { paths }) };
}

function drawMarks(plot: uPlot, marks: readonly (readonly [number, string])[]): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = color('ink');
  ctx.textAlign = 'left';
  ctx.lineWidth = devicePixelRatio;
  ctx.font = `${12 * devicePixelRatio}px system-ui, sans-serif`;
  ctx.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio]);
  let free = -Infinity;
  let row = 0;
  for (const [at, word] of marks) {
    const x = plot.valToPos(at, 'x', true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    row = x < free ? row + 1 : 0; // words that would cover each other stand below each other
    const wide = ctx.measureText(word).width + 6 * devicePixelRatio;
    const left = x + wide > bbox.left + bbox.width ? x - wide : x + 4 * devicePixelRatio;
    ctx.fillText(word, left, bbox.top + (12 + 15 * row) * devicePixelRatio);
    free = Math.max(free, x + wide + 4 * devicePixelRatio);
  }
  ctx.restore();
}
