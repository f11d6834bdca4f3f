import { execFileSync, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pageBytes } from './workload.mjs';

/**
 * Starts the server of pages: nginx, or a Node server where there is none.
 * @returns {Promise<{ name: string, origin: string, stop(): Promise<void> }>}
 */
export async function startServer() {
  const nginx = findNginx();
  if (nginx) return startNginx(nginx);
  const name = `Node http server ${process.version}, as nginx was not found`;
  return { name, ...(await startNodeServer('pages')) };
}

function findNginx() {
  if (process.env.NGINX_BIN) return process.env.NGINX_BIN;
  try {
    return execFileSync('which', ['nginx'], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}

async function startNginx(binary) {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  const port = await freePort();
  const errorLog = join(folder, 'error.log');
  writeFileSync(join(folder, 'page'), 'x'.repeat(pageBytes));
  writeFileSync(join(folder, 'nginx.conf'), nginxConfig(folder, port));
  const child = spawn(binary, ['-p', folder, '-e', errorLog, '-c', join(folder, 'nginx.conf')], {
    stdio: 'ignore',
  });
  const stop = stopper(child, () => rmSync(folder, { recursive: true, force: true }));
  const origin = `http://127.0.0.1:${port}`;
  try {
    await untilItAnswers(child, origin);
  } catch (error) {
    const log = readIfThere(errorLog);
    await stop();
    throw new Error(`nginx did not start: ${error.message}\n${log}`);
  }
  return { name: `nginx ${nginxVersion(binary)}, one worker`, origin, stop };
}

function nginxConfig(folder, port) {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `  ${kind}_temp_path ${folder}/${kind};`)
    .join('\n');
  // as root, nginx would hand its worker to a user who cannot read the folder
  const user = process.getuid?.() === 0 ? `user ${userInfo().username};\n` : '';
  return `${user}daemon off;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
worker_processes 1;
events { worker_connections 8192; }
http {
  access_log off;
  default_type text/html;
  keepalive_requests 1000000000;
  keepalive_timeout 60s;
  open_file_cache max=8;
${temporary}
  server {
    # all of 127.0.0.0/8, and nobody else
    listen 0.0.0.0:${port};
    allow 127.0.0.0/8;
    deny all;
    root ${folder};
    location = /page { }
    location / { return 404; }
  }
}
`;
}

function nginxVersion(binary) {
  // it prints its version to stderr
  const text = execFileSync('sh', ['-c', '"$0" -v 2>&1', binary], { encoding: 'utf8' });
  return /nginx\/(\S+)/.exec(text)?.[1] ?? 'of unknown version';
}

/**
 * Starts a server in Node: of pages where there is no nginx, and of what nginx cannot do.
 * @param {'pages' | 'slow' | 'flaky'} kind
 * @returns {Promise<{ origin: string, stop(): Promise<void> }>}
 */
export async function startNodeServer(kind) {
  const child = fork(new URL('node-server.mjs', import.meta.url), [kind], { stdio: 'ignore' });
  const stop = stopper(child, () => {});
  const [{ port, failure }] = await once(child, 'message');
  if (failure === undefined) return { origin: `http://127.0.0.1:${port}`, stop };
  await stop();
  throw new Error(`The server of ${kind} did not start: ${failure}`);
}

/** Ends a child process of ours, also when this process ends some other way. */
function stopper(child, tidy) {
  const gone = new Promise((resolve) => {
    child.once('exit', resolve);
    child.once('error', resolve);
  });
  const atExit = () => {
    child.kill();
    tidy();
  };
  process.once('exit', atExit);
  return async () => {
    child.kill();
    await gone;
    process.removeListener('exit', atExit);
    tidy();
  };
}

async function freePort() {
  const server = createServer().listen(0, '0.0.0.0');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

async function untilItAnswers(child, origin) {
  let failure;
  child.once('error', (error) => (failure = error));
  child.once('exit', (code) => (failure = new Error(`it exited with ${code}`)));
  for (let tries = 0; tries < 100; tries++) {
    if (failure) throw failure;
    const size = await pageSize(`${origin}/page`);
    if (size === pageBytes) return;
    await sleep(50);
  }
  throw new Error('it did not serve the page within 5 s');
}

function pageSize(url) {
  return new Promise((resolve) => {
    get(url, { agent: false }, async (response) => {
      let size = 0;
      for await (const chunk of response) size += chunk.length;
      resolve(response.statusCode === 200 ? size : undefined);
    }).once('error', () => resolve(undefined));
  });
}

function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}
