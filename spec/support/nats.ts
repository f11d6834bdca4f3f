import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from './program.js';
import { closedPort } from './servers.js';

/** Undefined where the machine has none: tests that need it are skipped, which is said aloud. */
export const natsPath = findProgram('nats-server', 'NATS_SERVER_BIN', ['/usr/sbin', '/usr/local/sbin']);
if (natsPath === undefined) {
  process.stderr.write(
    '\nTHERE IS NO NATS-SERVER ON THIS MACHINE: the tests of queues on JetStream are skipped. Install it (apt-get install nats-server), or set NATS_SERVER_BIN to its path.\n\n',
  );
}

/** A nats-server with JetStream, with a folder of its own. */
export interface NatsServer {
  readonly url: string;
  readonly port: number;
  /** Its process's id. */
  readonly pid: number;
  /** Ends it as a crash would; what it has stored stays. */
  kill(): Promise<void>;
  /** Starts it again where it was. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts one on a port of its own; `configuration` is what a file for `-c` says beside. */
export async function startNats(configuration = ''): Promise<NatsServer> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-nats-'));
  const port = await closedPort();
  const file = join(folder, 'nats.conf');
  await writeFile(file, configuration);
  let child: ChildProcess;
  const kill = (): void => void child.kill('SIGKILL');
  process.on('exit', kill); // also when a run is broken off

  const start = async (): Promise<void> => {
    const where = ['-a', '127.0.0.1', '-p', String(port), '-js', '-sd', folder, '-c', file];
    child = spawn(natsPath ?? '', where, { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    await new Promise<void>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', () => reject(new Error(`nats-server does not start:\n${said}`)));
      child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
        if (said.length < 100_000) said += chunk;
        if (said.includes('Server is ready')) resolve();
      });
    });
    child.removeAllListeners('exit');
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  };
  await start();
  return {
    url: `nats://127.0.0.1:${port}`,
    port,
    get pid() {
      return child.pid ?? 0;
    },
    kill: () => end('SIGKILL'),
    restart: async () => {
      await end('SIGKILL');
      await start();
    },
    stop: async () => {
      await end('SIGKILL'); // nothing of it is needed any more
      process.off('exit', kill);
      await rm(folder, { recursive: true });
    },
  };
}
