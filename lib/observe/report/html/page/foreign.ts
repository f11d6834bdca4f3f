import { el } from './dom.js';

/**
 * Control characters, marks that turn the direction of text, and what is invisible: written as `\u{202e}`, so that a
 * text of a server cannot pretend to be another one.
 */
export function visible(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ''}}`,
  );
}

/** A text that came from elsewhere, isolated: its direction is its own. */
export function foreign(text: string, kind = 'foreign'): HTMLElement {
  return el('bdi', { class: kind, dir: 'auto' }, visible(text));
}

/** A URL: a link where it is one of the web and whole, else text. */
export function link(url: string): HTMLElement {
  const shown = el('bdi', { class: 'url', dir: 'ltr' }, visible(url));
  if (!isOfTheWeb(url) || url.includes('…')) return shown;
  return el('a', { href: url, rel: 'noreferrer noopener', target: '_blank' }, shown);
}

function isOfTheWeb(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}
