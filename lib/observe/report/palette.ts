const codes = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
};

/** Styles of a text on a terminal. */
export type Style = keyof typeof codes;

/** Colours a text, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string;

/** As colours are wanted or not; a text that is painted already keeps its own. */
export function paintFor(color: boolean): Paint {
  if (!color) return (_style, text) => text;
  return (style, text) => {
    const [on, off] = codes[style];
    return text === '' ? '' : `\u001b[${on}m${text}\u001b[${off}m`;
  };
}
