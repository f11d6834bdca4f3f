import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** A project that has installed the package from its tarball, and nothing else of this one. */
export interface Project {
  readonly directory: string;
  /** What the tarball holds. */
  readonly files: readonly string[];
  write(file: string, text: string): Promise<void>;
  /** Runs a file with Node in a process of its own, and gives the JSON that it prints. */
  json(file: string, ...options: string[]): Promise<unknown>;
  /** What tsc has to say; empty when all is well. */
  compile(...options: string[]): Promise<string>;
  /** Does something while a package is not installed. */
  without(name: string, use: () => Promise<void>): Promise<void>;
  remove(): Promise<void>;
}

/** What `npm install` of the tarball would put beside it, and what its types ask for. */
const installed = [
  'rxjs',
  'undici',
  '@exodus/bytes',
  'html-encoding-sniffer',
  'ipaddr.js',
  'piscina',
  'robots-parser',
  'tough-cookie',
  'warcio',
  '@nats-io/jetstream',
  '@nats-io/transport-node',
  '@types/node',
  'undici-types',
];

/** Packs what `npm run build` has built, and installs it from links to what is here: no network. */
export async function installedProject(): Promise<Project> {
  await access(join(root, 'dist/types/index.d.ts')).catch(() => {
    throw new Error('dist/ is not complete: `npm run build` comes before the specs of the package');
  });
  const directory = await mkdtemp(join(tmpdir(), 'sluice-package-'));
  const modules = join(directory, 'node_modules');
  const inProject = (file: string): string => join(directory, file);

  await mkdir(join(modules, 'sluice'), { recursive: true });
  const packing = ['pack', '--ignore-scripts', '--json', '--pack-destination', directory];
  const { stdout } = await run('npm', packing, { cwd: root });
  const [packed] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }];
  await run('tar', ['-xzf', packed.filename, '-C', join(modules, 'sluice'), '--strip-components=1'], {
    cwd: directory,
  });
  for (const name of installed) {
    await mkdir(dirname(join(modules, name)), { recursive: true });
    await symlink(join(root, 'node_modules', name), join(modules, name));
  }

  return {
    directory,
    files: packed.files.map(({ path }) => path),
    write: (file, text) => writeFile(inProject(file), text),
    async json(file, ...options) {
      const { stdout: printed } = await run(process.execPath, [...options, file], {
        cwd: directory,
        timeout: 10_000,
      });
      return JSON.parse(printed) as unknown;
    },
    async compile(...options) {
      const tsc = join(root, 'node_modules/typescript/bin/tsc');
      try {
        await run(process.execPath, [tsc, '--noEmit', '--strict', ...options], { cwd: directory });
        return '';
      } catch (error) {
        return (error as { stdout: string }).stdout;
      }
    },
    async without(name, use) {
      await rm(join(modules, name));
      await use();
      await symlink(join(root, 'node_modules', name), join(modules, name));
    },
    remove: () => rm(directory, { recursive: true }),
  };
}

/** A JSON file of the project that these specs test. */
export async function readJson(file: string): Promise<unknown> {
  return JSON.parse(await readFile(join(root, file), 'utf8')) as unknown;
}
