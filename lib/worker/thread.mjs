// Runs in every thread. Plain JavaScript, so that a thread needs no loader for it.
import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inspect, types } from 'node:util';

const require = createRequire(import.meta.url);

/** @type {Map<string, Promise<(input: unknown) => unknown>>} */
const functions = new Map();

/** Does a job. What it throws is plain data with a `sluice` field, which job-error.ts understands. */
export default async function run({ file, name, input }) {
  const key = `${name} ${file}`;
  if (!functions.has(key)) functions.set(key, functionOf(file, name));
  const call = await functions.get(key);
  try {
    return await call(input);
  } catch (error) {
    throw threw(error);
  }
}

async function functionOf(file, name) {
  let path;
  try {
    path = require.resolve(file);
  } catch {
    throw { sluice: 'no-file' };
  }
  const module = await load(path).catch((error) => {
    throw threw(error);
  });
  for (const exports of [module, module.default, module.default?.default]) {
    const found = await exports?.[name]; // Piscina takes a promise of a function, too
    if (typeof found === 'function') return found;
  }
  throw { sluice: 'no-function', exported: Object.keys(module) };
}

/** Loaders of TypeScript may know how to `require` a file in a thread, and not how to import it. */
async function load(path) {
  try {
    return await import(pathToFileURL(path).href);
  } catch (error) {
    const isLoadable = error?.code === 'ERR_UNKNOWN_FILE_EXTENSION' && extname(path) in require.extensions;
    if (!isLoadable) throw error;
    return require(path);
  }
}

/** Cloning keeps an error's message and stack, but neither the name of its class nor its own fields. */
function threw(error) {
  if (!types.isNativeError(error)) {
    return { sluice: 'threw', thrown: isCloneable(error) ? error : inspect(error) };
  }
  const { name, message, stack } = error;
  const own = Object.entries(error).filter(([, value]) => isCloneable(value));
  const thrown = isCloneable(error) ? error : Object.assign(new Error(message), { stack });
  return { sluice: 'threw', thrown, own: { ...Object.fromEntries(own), name: String(name) } };
}

function isCloneable(value) {
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}
