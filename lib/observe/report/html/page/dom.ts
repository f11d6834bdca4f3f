/** What may stand in an element; nothing stands for nothing. */
export type Child = Node | string | undefined;

/** Attributes; false leaves one out. None is `style`, which the policy of the page refuses. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** One element. Texts become text nodes: this is the only place where elements are made. */
export function el<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    element.setAttribute(key, value === true ? '' : String(value));
  }
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

/** A button that does something. */
export function button(label: string, action: () => void, attributes: Attributes = {}): HTMLButtonElement {
  const element = el('button', { type: 'button', ...attributes }, label);
  element.addEventListener('click', action);
  return element;
}

/** One of some, with its label. */
export function choice<V extends string>(
  label: string,
  options: readonly (readonly [value: V, text: string])[],
  chosen: (value: V) => void,
): HTMLLabelElement {
  const list = el('select', {}, ...options.map(([value, text]) => el('option', { value }, text)));
  list.addEventListener('change', () => chosen(list.value as V)); // its options are of that type
  return el('label', {}, `${label} `, list);
}

/** A check box with its label. */
export function tick(label: string, changed: (isOn: boolean) => void): HTMLLabelElement {
  const box = el('input', { type: 'checkbox' });
  box.addEventListener('change', () => changed(box.checked));
  return el('label', {}, box, ` ${label}`);
}

/** A table with a head. Cells of numbers stand to the right. */
export function table(
  caption: string,
  heads: readonly string[],
  rows: readonly (readonly Child[])[],
): HTMLTableElement {
  return el(
    'table',
    {},
    caption === '' ? undefined : el('caption', {}, caption),
    el('thead', {}, el('tr', {}, ...heads.map((head) => el('th', { scope: 'col' }, head)))),
    el('tbody', {}, ...rows.map((cells) => el('tr', {}, ...cells.map((cell) => el('td', {}, cell))))),
  );
}

/** What may be wider than the page: it scrolls by itself, also by keys, and shows an edge where there is more of it. */
export function scroller(name: string, content: HTMLElement): HTMLElement {
  const inner = el('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': name }, content);
  const frame = el('div', { class: 'scroll-frame' }, inner);
  const mark = (): void => {
    const { scrollLeft, scrollWidth, clientWidth } = inner;
    frame.classList.toggle('more-before', scrollLeft > 1); // a fraction of a pixel is nothing that could be seen
    frame.classList.toggle('more-behind', scrollWidth - clientWidth - scrollLeft > 1);
  };
  inner.addEventListener('scroll', mark, { passive: true });
  const sizes = new ResizeObserver(mark);
  sizes.observe(inner);
  sizes.observe(content);
  return frame;
}

/** A part of the page with its headline. */
export function section(id: string, title: string, ...children: readonly Child[]): HTMLElement {
  const heading = el('h2', { id: `${id}-title` }, title);
  return el('section', { id, 'aria-labelledby': `${id}-title` }, heading, ...children);
}
