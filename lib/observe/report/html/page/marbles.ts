import type { ReportData } from '../report-data.js';
import { el, scroller, section } from './dom.js';
import { isDark, onTheme } from './theme.js';

const media = '@media (prefers-color-scheme:dark)';

/** The marble diagram. As an image it runs nothing and loads nothing, whatever it says. */
export function marbles({ marbles: svg }: ReportData): HTMLElement | undefined {
  if (svg === undefined) return undefined;
  const title = /<title>([^<]*)</.exec(svg)?.[1] ?? '';
  const image = el('img', { alt: `Marble diagram: ${title}` });
  const show = (): void => {
    // the image knows the system's theme, but not the one that was chosen in the page
    const themed = svg.replace(media, isDark() ? '@media all' : '@media not all');
    image.src = `data:image/svg+xml,${encodeURIComponent(themed)}`;
  };
  onTheme(show);
  show();
  const words =
    'A lane for each input: thin until the head of the response, thick while the body is read, dots where it waits.';
  return section(
    'marbles',
    'Marble diagram',
    el('p', { class: 'soft' }, words),
    scroller('Marble diagram', image),
  );
}
