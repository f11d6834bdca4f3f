// Bundles what runs in the browser, page/, and writes it into page-text.ts, from where the library embeds it.
import { createHash } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const target = at('page-text.ts');

async function bundled(entry) {
  const { outputFiles } = await build({
    entryPoints: [at(entry)],
    bundle: true,
    minify: true,
    format: 'iife',
    target: ['chrome111', 'firefox111', 'safari16.4'],
    charset: 'ascii', // it is text in a text: no encoding can go wrong
    legalComments: 'none', // the license stands in front of it all
    write: false,
  });
  const text = outputFiles[0].text.trim();
  if (/<\/(script|style)|<!--/i.test(text)) throw new Error(`${entry} would end the element that it is in.`);
  return text;
}

const license = readFileSync(at('../../../../node_modules/uplot/LICENSE'), 'utf8')
  .replaceAll('\r', '')
  .trim();
const notice = `/*! With uPlot, https://github.com/leeoniya/uPlot:\n\n${license}\n*/\n`;
const hashOf = (text) => `sha256-${createHash('sha256').update(text).digest('base64')}`;

const script = notice + (await bundled('page/main.ts'));
const style = notice + (await bundled('page/style.css'));
const text = `// Made by build-page.mjs.
export const script = ${JSON.stringify(script)};
export const scriptHash = '${hashOf(script)}';
export const style = ${JSON.stringify(style)};
export const styleHash = '${hashOf(style)}';
`;

let known;
try {
  known = readFileSync(target, 'utf8');
} catch {
  // it is the first time
}
if (known !== text) {
  const draft = `${target}.${process.pid}`; // whoever reads it meanwhile has all of it or none
  writeFileSync(draft, text);
  renameSync(draft, target);
}
