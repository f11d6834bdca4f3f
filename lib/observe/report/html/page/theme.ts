import { choice } from './dom.js';

type Theme = 'auto' | 'light' | 'dark';

const system = matchMedia('(prefers-color-scheme: dark)');
const printed = matchMedia('print');
const listeners: (() => void)[] = [];
let wanted: Theme = 'auto';

/** Whether the page is dark now. Paper is light. */
export function isDark(): boolean {
  if (printed.matches) return false;
  return wanted === 'auto' ? system.matches : wanted === 'dark';
}

/** Calls when colours are to be asked for anew. */
export function onTheme(listener: () => void): void {
  listeners.push(listener);
}

/** The value of a colour of style.css. */
export function color(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** The switch, and what follows the system and the printer. */
export function themeSwitch(): HTMLElement {
  const apply = (): void => {
    document.documentElement.dataset['theme'] = isDark() ? 'dark' : 'light';
    for (const listener of listeners) listener();
  };
  system.addEventListener('change', apply);
  printed.addEventListener('change', apply);
  apply();
  return choice<Theme>(
    'Theme',
    [
      ['auto', 'as the system'],
      ['light', 'light'],
      ['dark', 'dark'],
    ],
    (theme) => {
      wanted = theme;
      apply();
    },
  );
}
