/** What stands in a tag; numbers are in pixels. */
export type Attributes = Readonly<Record<string, string | number>>;

/** One element as text. Texts go through `text`, so that nothing of a URL is read as a tag. */
export function element(name: string, attributes: Attributes, ...children: readonly string[]): string {
  const written = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? pixels(value) : escaped(value)}"`)
    .join('');
  if (children.length === 0) return `<${name}${written}/>`;
  return `<${name}${written}>${children.join('')}</${name}>`;
}

/** A text that is shown as it stands, blanks included. */
export function text(x: number, y: number, content: string, kind: string): string {
  return element('text', { x, y, class: kind }, escaped(content));
}

/** A straight line. */
export function line(x1: number, y1: number, x2: number, y2: number, kind: string): string {
  return element('path', { d: `M${pixels(x1)} ${pixels(y1)}L${pixels(x2)} ${pixels(y2)}`, class: kind });
}

/** For elements whose content is text alone, such as `title`. */
export function escaped(content: string): string {
  return content
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

function pixels(value: number): string {
  return String(Math.round(value * 10) / 10);
}
