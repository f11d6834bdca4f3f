// npm run example NAME [arguments]: runs examples/NAME.ts against what is built.
import { existsSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import './register.js';

const [, , name = '', ...rest] = process.argv;
const file = fileURLToPath(new URL(`${name.replace(/\.ts$/, '')}.ts`, import.meta.url));
if (name === '' || !existsSync(file)) {
  console.error(`There is no example ${JSON.stringify(name)}: examples/README.md lists them.`);
  process.exitCode = 2;
} else {
  process.argv.splice(1, process.argv.length, file, ...rest);
  await import(pathToFileURL(file).href);
}
