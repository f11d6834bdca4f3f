import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from './program.js';
import { closedPort } from './servers.js';

/** Undefined where the machine has none: tests that need it are skipped, which is said aloud. */
export const nginxPath = findProgram('nginx', 'NGINX', ['/usr/sbin', '/usr/local/sbin']);
if (nginxPath === undefined) {
  process.stderr.write(
    '\nTHERE IS NO NGINX ON THIS MACHINE: the tests against it are skipped. Install nginx (apt-get install nginx-light), or set NGINX to its path.\n\n',
  );
}

/** An nginx of one worker process, with a folder of its own. */
export interface Nginx {
  /** Where `http:` is served, without a slash at its end. */
  readonly url: string;
  /** Where `https:` is served, if the configuration says so by `listen ${securePort} ssl`. */
  readonly secureUrl: string;
  /** Reads its configuration again, by another worker; resolves once the one before has left. */
  reload(): Promise<void>;
  /** Resolves once the next worker process is there. */
  nextWorker(): Promise<void>;
  stop(): Promise<void>;
}

export interface NginxOptions {
  /** What is served: paths in the folder `html` and their bytes. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** Other files, beside the configuration. */
  readonly beside?: Readonly<Record<string, string>>;
  /** What stands in `http { … }`, outside of servers. */
  readonly http?: string;
  /** What stands in `server { … }`. */
  readonly server?: (securePort: number) => string;
}

/** Starts one on ports of its own; what it complains of when it does not start is the error. */
export async function startNginx({
  files = {},
  beside = {},
  http = '',
  server = () => '',
}: NginxOptions): Promise<Nginx> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-nginx-'));
  const [port, securePort] = [await closedPort(), await closedPort()];
  const configuration = configure(folder, http, `listen 127.0.0.1:${port}; ${server(securePort)}`);
  const all = { ...htmlOf(files), ...beside, 'nginx.conf': configuration };
  for (const [path, content] of Object.entries(all)) {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  const child = spawn(nginxPath ?? '', ['-p', folder, '-c', 'nginx.conf', '-e', 'stderr'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const kill = (): void => void child.kill();
  process.on('exit', kill); // also when a run is broken off
  const exited = once(child, 'exit');

  let said = '';
  let waiting: { readonly text: string; readonly heard: () => void }[] = [];
  const says = (text: string): Promise<void> => new Promise((heard) => waiting.push({ text, heard }));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    said += chunk;
    for (const { heard } of waiting.filter(({ text }) => chunk.includes(text))) heard();
    waiting = waiting.filter(({ text }) => !chunk.includes(text));
  });

  const stop = async (): Promise<void> => {
    child.kill(); // SIGTERM: its workers leave at once, too
    await exited;
    process.off('exit', kill);
    await rm(folder, { recursive: true });
  };
  const isUp = await Promise.race([says('start worker process ').then(() => true), exited.then(() => false)]);
  if (!isUp) {
    await stop();
    throw new Error(`nginx does not start:\n${said}`);
  }
  return {
    url: `http://127.0.0.1:${port}`,
    secureUrl: `https://127.0.0.1:${securePort}`,
    reload: async () => {
      const left = says('exited with code 0');
      child.kill('SIGHUP');
      await left;
    },
    nextWorker: () => says('start worker process '),
    stop,
  };
}

function htmlOf(files: Readonly<Record<string, string | Uint8Array>>): Record<string, string | Uint8Array> {
  return Object.fromEntries(Object.entries(files).map(([path, content]) => [`html${path}`, content]));
}

/** All that it writes stays in the folder; a master that is root would have its workers be nobody, who may not read. */
function configure(folder: string, http: string, server: string): string {
  const user = process.getuid?.() === 0 ? 'user root root;' : '';
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `
${user}
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log stderr notice;
events { worker_connections 1024; }
http {
  access_log off;
  ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
  types { text/html html; text/plain txt; }
  default_type application/octet-stream;
  ${http}
  server {
    root html;
    add_header X-Worker $pid always;
    add_header X-Protocol $server_protocol always;
    ${server}
  }
}`;
}
