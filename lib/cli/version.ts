import { readFileSync } from 'node:fs';

/** Of package.json, which is two folders up from here and from where this is built. */
export function aboutPackage(): { readonly version: string; readonly homepage?: string | undefined } {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { version, homepage } = JSON.parse(text) as { version: string; homepage?: string };
  return { version, homepage };
}
