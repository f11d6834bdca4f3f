import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, normalize } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { build, type BuildOptions } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { installedProject, readJson, root, type Project } from './project.js';

const run = promisify(execFile);
const timeout = 120_000; // each starts processes
const external = ['rxjs', 'undici', '@exodus/bytes', 'html-encoding-sniffer', 'ipaddr.js'];

let project: Project;
let exported: Record<string, unknown>;

beforeAll(async () => {
  project = await installedProject();
  ({ exports: exported } = (await readJson('package.json')) as { exports: typeof exported });
}, timeout);
afterAll(() => project.remove());

/** Fetches a page of a server of its own and prints what came. */
const fetchOne = `
const server = createServer((_request, response) => response.end('hello'));
server.listen(0, '127.0.0.1', () => {
  fetchFrom(['http://127.0.0.1:' + server.address().port]).subscribe({
    next: (result) => console.log(JSON.stringify(result.ok ? result.value.text() : result.error)),
    complete: () => server.close(),
  });
});`;

describe('a program that installed the tarball', { timeout }, () => {
  it('imports it as an ES module', async () => {
    const imports = `import { createServer } from 'node:http';\nimport { fetchFrom } from 'sluice';\n`;
    await project.write('fetch.mjs', imports + fetchOne);
    expect(await project.json('fetch.mjs')).toBe('hello');
  });

  it('requires it as CommonJS', async () => {
    const requires = `const { createServer } = require('node:http');\nconst { fetchFrom } = require('sluice');\n`;
    await project.write('fetch.cjs', requires + fetchOne);
    expect(await project.json('fetch.cjs')).toBe('hello');
  });

  it.each([
    ['mjs', 'node', 'Buffer'],
    ['mjs', 'deno', 'Uint8Array'],
    ['mjs', 'browser', 'Uint8Array'],
    ['cjs', 'node', 'Buffer'],
    ['cjs', 'bun', 'Uint8Array'],
  ])('has the transport of its platform (%s, %s): a body is a %s', async (kind, condition, type) => {
    const load = (names: string, from: string): string =>
      kind === 'mjs' ? `import ${names} from '${from}';` : `const ${names} = require('${from}');`;
    const loads = load('{ createServer }', 'node:http') + load('{ fetchFrom }', 'sluice');
    await project.write(`platform.${kind}`, loads + fetchOne.replace('.text()', '.body.constructor.name'));
    expect(await project.json(`platform.${kind}`, '--conditions', condition)).toBe(type);
  });

  it('gets the same names from every entry, imported or required', async () => {
    const entries = Object.keys(exported).filter((entry) => !entry.endsWith('.json'));
    await project.write(
      'names.mjs',
      `import { createRequire } from 'node:module';
       const require = createRequire(import.meta.url);
       const names = {};
       for (const entry of ${JSON.stringify(entries)}) {
         const name = entry.replace('.', 'sluice');
         names[entry] = [Object.keys(await import(name)).sort(), Object.keys(require(name)).sort()];
       }
       console.log(JSON.stringify(names));`,
    );
    const names = (await project.json('names.mjs')) as Record<string, [string[], string[]]>;
    expect(Object.keys(names)).toEqual(entries);
    for (const [imported, required] of Object.values(names)) {
      expect(imported).not.toEqual([]);
      expect(required).toEqual(imported);
    }
  });

  it.each(['mjs', 'cjs'])('has piscina when it asks for a thread, and not before (%s)', async (kind) => {
    const load = (name: string, from: string): string =>
      kind === 'mjs' ? `import ${name} from '${from}';` : `const ${name} = require('${from}');`;
    await project.write('work.mjs', 'export default (value) => value + 1;');
    const source = `
      ${load('{ of }', 'rxjs')}
      ${load('{ mapInWorker }', 'sluice/worker')}
      of(1).pipe(mapInWorker('work.mjs')).subscribe({
        next: (value) => console.log(value),
        error: ({ message }) => console.log(JSON.stringify(message)),
      });`;
    await project.write(`work-elsewhere.${kind}`, source);
    await project.without('piscina', async () => {
      expect(await project.json(`work-elsewhere.${kind}`)).toBe(
        'mapInWorker: piscina could not be loaded; it does the work with threads: npm install piscina',
      );
    });
    expect(await project.json(`work-elsewhere.${kind}`)).toBe(2);
  });

  it('knows a FetchError of either copy', async () => {
    await project.write(
      'brand.mjs',
      `import { createRequire } from 'node:module';
       import * as esm from 'sluice';
       const cjs = createRequire(import.meta.url)('sluice');
       const here = new esm.FetchError('dns', 'no such host');
       const there = new cjs.FetchError('dns', 'no such host');
       console.log(JSON.stringify({
         copies: esm.FetchError !== cjs.FetchError,
         known: esm.isFetchError(there) && cjs.isFetchError(here),
       }));`,
    );
    expect(await project.json('brand.mjs')).toEqual({ copies: true, known: true });
  });

  it.each([
    ['node16', 'node16', '--skipLibCheck', 'false'],
    ['esnext', 'bundler', '--skipLibCheck', 'true'],
  ])('compiles with module %s and moduleResolution %s', async (module, resolution, ...checks) => {
    const source = `
      import { lastValueFrom } from 'rxjs';
      import { fetchFrom, toBatch } from 'sluice';
      import { fetchTransport, type FetchTransportOptions } from 'sluice/fetch';
      import { marbleDiagram } from 'sluice/observe';
      import { marbles } from 'sluice/testing';
      import { cookies } from 'sluice/cookies';
      import { bearer } from 'sluice/headers';
      import { robots } from 'sluice/robots';
      import { undiciTransport } from 'sluice/undici';
      import { mapInWorker, type WorkerPool } from 'sluice/worker';
      const results = fetchFrom([{ url: 'http://localhost/', context: 1 }], { transport: undiciTransport() });
      void lastValueFrom(results.pipe(toBatch())).then(([first]) => first?.request.context?.toFixed());
      export const test = marbles(({ page }) => page('http://localhost/').json<{ a: 1 }>().a);
      export const length$ = results.pipe(mapInWorker<unknown, number>('length.mjs', { concurrency: 2 }));
      export const shared = (pool: WorkerPool) => results.pipe(mapInWorker<unknown, number>(pool));
      const mine: FetchTransportOptions = { fetch: (url, init) => fetch(url, { ...init, cache: 'no-store' }) };
      export const pages = fetchTransport(mine)({ url: 'http://localhost/' });
      fetchFrom([], { interceptors: [cookies(), bearer('1', { origin: 'http://a' }), robots({ userAgent: 'a' })] });
      export const drawn: string = marbleDiagram([], { width: 80 });
      // @ts-expect-error the types are there, and say no
      fetchFrom([], { timeout: '1 s' });
    `;
    await project.write('consumer.mts', source);
    await project.write('consumer.cts', source);
    const options = ['--module', module, '--moduleResolution', resolution, '--target', 'es2022', ...checks];
    expect(await project.compile(...options, 'consumer.mts', 'consumer.cts')).toBe('');
  });
});

describe('a bundle', { timeout }, () => {
  async function bundle(source: string, options: BuildOptions = {}): Promise<string> {
    const result = await build({
      stdin: { contents: source, resolveDir: project.directory },
      bundle: true,
      format: 'esm',
      platform: 'node',
      logLevel: 'silent',
      ...options,
      write: false,
    });
    return result.outputFiles[0]!.text;
  }

  /** The files that a bundle holds, what it imports from outside, and its bytes, minified and compressed. */
  async function partsOf(
    contents: string,
    options: BuildOptions,
  ): Promise<{ held: string[]; asked: string[]; size: number }> {
    const { metafile, outputFiles } = await build({
      stdin: { contents, resolveDir: project.directory },
      bundle: true,
      minify: true,
      format: 'esm',
      platform: 'node',
      logLevel: 'silent',
      ...options,
      metafile: true,
      write: false,
    });
    const [output] = Object.values(metafile.outputs);
    const used = Object.entries(output!.inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
    return {
      held: used.map(([file]) => file),
      asked: output!.imports.map(({ path }) => path),
      size: gzipSync(outputFiles[0]!.text).length,
    };
  }

  it('of one operator holds neither a transport nor what it stands on', async () => {
    const text = await bundle(`import { toBatch } from 'sluice'; console.log(toBatch);`, { external });
    expect(text).toContain('toBatch');
    expect(text).not.toMatch(/undici|@exodus\/bytes|html-encoding-sniffer|\/transports\//);
  });

  it('of the main entry knows nothing of threads, cookies and robots', async () => {
    const text = await bundle(`export * from 'sluice';`, { external });
    expect(text).toContain('fetchFrom');
    expect(text).not.toMatch(/piscina|mapInWorker|worker_threads|tough-cookie|robots/i);
  });

  it.each<[string, BuildOptions]>([
    ['a browser', { platform: 'browser' }],
    ['an edge worker', { platform: 'browser', conditions: ['workerd', 'worker', 'browser'] }],
    ['no platform at all', { platform: 'neutral', mainFields: ['module', 'main'] }],
    ['Deno, which knows Node', { conditions: ['deno', 'node'] }],
    ['Bun, which knows Node', { conditions: ['bun', 'node'] }],
  ])(
    'for %s fetches with fetch, and holds nothing of undici, or of Node that it does not know',
    async (name, options) => {
      const { held, asked, size } = await partsOf(`export * from 'sluice';`, options);
      expect(held.filter((file) => /\/undici\/(index|exchange)|\/node_modules\/undici\//.test(file))).toEqual(
        [],
      );
      expect(held.filter((file) => file.endsWith('/fetch/exchange.js'))).toHaveLength(1);
      const isKnown = (module: string): boolean => module === 'node:buffer' && options.platform === undefined;
      expect(asked.filter((module) => !isKnown(module))).toEqual([]);
      if (options.platform === 'browser') expect(size, name).toBeLessThan(45 * 1024);
    },
  );

  it('for Node fetches with undici', async () => {
    const { held, asked } = await partsOf(`export * from 'sluice';`, { external: ['undici'] });
    expect(held.filter((file) => file.includes('/fetch/'))).toEqual([]);
    expect(asked).toContain('undici');
  });

  it.each([
    ['a first program', '{ fetchFrom, toBatch }', 15.5],
    ['everything', '*', 19.5],
  ])('of %s without the transport is small, minified and compressed', async (_, names, most) => {
    const transport = [...external, '../transports/*', '#default-transport'];
    const text = await bundle(`export ${names} from 'sluice';`, { external: transport, minify: true });
    expect(text).toContain('#default-transport');
    expect(gzipSync(text).length).toBeLessThanOrEqual(most * 1024);
  });
});

describe('the tarball', () => {
  it('holds what is built, what is to be read, and nothing else', () => {
    const strangers = project.files.filter(
      (file) =>
        !/^(dist\/(esm|cjs|types|cli)\/.*|package\.json|LICENSE|README\.md|CHANGELOG\.md)$/.test(file),
    );
    expect(strangers).toEqual([]);
    expect(project.files.filter((file) => /(^|\/)(spec|examples|bench)\/|\.spec\./.test(file))).toEqual([]);
  });

  it('holds every file that `exports` names', () => {
    const named = JSON.stringify(exported).match(/\.\/dist\/[^"]+/g) ?? [];
    expect(named).not.toEqual([]);
    expect(named.filter((file) => !project.files.includes(normalize(file)))).toEqual([]);
  });

  it('points to no source map that is not in it', async () => {
    for (const file of project.files) {
      const text = await readFile(join(project.directory, 'node_modules/sluice', file), 'utf8');
      const map = /\/\/# sourceMappingURL=(\S+)/.exec(text)?.[1];
      if (map !== undefined) expect(project.files).toContain(normalize(join(file, '..', map)));
    }
  });
});

describe('the lockfile', () => {
  interface Locked {
    readonly resolved?: string;
    readonly optionalDependencies?: Readonly<Record<string, string>>;
  }
  let packages: Readonly<Record<string, Locked>>;
  beforeAll(async () => {
    ({ packages } = (await readJson('package-lock.json')) as { packages: typeof packages });
  });

  it('names no host: `npm install --omit-lockfile-registry-resolved` writes it so', () => {
    expect(Object.keys(packages).filter((path) => packages[path]?.resolved !== undefined)).toEqual([]);
  });

  it('holds every optional package of every platform', () => {
    const paths = Object.keys(packages);
    const missing = Object.values(packages)
      .flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies))
      .filter((name) => !paths.some((path) => path.endsWith(`node_modules/${name}`)));
    expect(missing).toEqual([]);
  });

  it('is what `npm ci` accepts', { timeout }, async () => {
    const directory = await mkdtemp(join(tmpdir(), 'sluice-lock-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    for (const file of ['package.json', 'package-lock.json'])
      await copyFile(join(root, file), join(directory, file));
    const ci = run('npm', ['ci', '--dry-run', '--offline', '--ignore-scripts'], { cwd: directory });
    await expect(ci).resolves.toBeDefined(); // else it exits with 1 and names what is missing
  });
});
