import type { View } from './zoom.js';

/** What the mouse may do to a view. */
interface Zoomable {
  readonly view: () => View;
  readonly select: (view: View) => void;
  readonly zoom: (factor: number, around: number) => void;
  readonly all: () => void;
}

/** Selecting by dragging, the wheel with Ctrl, and double-click. `axis` is as wide as every track. */
export function followMouse(
  chart: HTMLElement,
  axis: HTMLElement,
  shade: HTMLElement,
  zoomable: Zoomable,
): void {
  let begin: number | undefined;
  // not its target: while the pointer is captured, that is the chart itself
  const isOnTrack = ({ clientX, clientY }: MouseEvent): boolean =>
    document.elementFromPoint(clientX, clientY)?.closest('.track, .axis') instanceof Element;
  const timeAt = ({ clientX }: MouseEvent): number => {
    const { left, width } = axis.getBoundingClientRect();
    const { from, to } = zoomable.view();
    return from + Math.min(1, Math.max(0, (clientX - left) / width)) * (to - from);
  };
  const shadeTo = (event: MouseEvent): void => {
    if (begin === undefined) return;
    const left = chart.getBoundingClientRect().left + chart.clientLeft;
    shade.hidden = Math.abs(event.clientX - begin) < 4;
    shade.style.left = `${Math.min(begin, event.clientX) - left}px`;
    shade.style.width = `${Math.abs(event.clientX - begin)}px`;
  };
  chart.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || event.pointerType === 'touch' || !isOnTrack(event)) return;
    begin = event.clientX;
    chart.setPointerCapture(event.pointerId);
  });
  chart.addEventListener('pointermove', shadeTo);
  chart.addEventListener('pointerup', (event) => {
    if (begin === undefined) return;
    const from = timeAt(new MouseEvent('mousemove', { clientX: begin }));
    const isDrag = Math.abs(event.clientX - begin) >= 4;
    begin = undefined;
    shade.hidden = true;
    const to = timeAt(event);
    if (isDrag) zoomable.select({ from: Math.min(from, to), to: Math.max(from, to) });
  });
  chart.addEventListener('pointercancel', () => {
    begin = undefined;
    shade.hidden = true;
  });
  chart.addEventListener('dblclick', (event) => {
    if (isOnTrack(event)) zoomable.all();
  });
  chart.addEventListener(
    'wheel',
    (event) => {
      if (!event.ctrlKey) return; // else the page could not be scrolled
      event.preventDefault();
      zoomable.zoom(event.deltaY < 0 ? 1 / 1.3 : 1.3, timeAt(event));
    },
    { passive: false },
  );
}
