import { join } from 'node:path';
import { nodeSqlite } from '../../../lib/queue/sqlite/native-driver.js';
import { natsPath, startNats, type NatsServer } from '../../support/nats.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

/** Where the queues of a spec are. */
export interface CommandEngine {
  readonly name: string;
  /** Whether it cannot be tried on this machine. */
  readonly isMissing: boolean;
  /** Whether several processes may have a queue open at once. */
  readonly isShared: boolean;
  begin(): Promise<void>;
  end(): Promise<void>;
  /** What to write behind `--queue`, for a queue of its own. */
  queue(): Promise<string>;
}

let server: NatsServer | undefined;
let queues = 0;

export const commandEngines: readonly CommandEngine[] = [
  {
    name: 'SQLite',
    isMissing: false,
    isShared: nodeSqlite() !== undefined,
    begin: () => Promise.resolve(),
    end: () => Promise.resolve(),
    queue: async () => `sqlite:${join((await temporaryFolder()).path, 'queue.db')}`,
  },
  {
    name: 'NATS JetStream',
    isMissing: natsPath === undefined,
    isShared: true,
    begin: async () => {
      server = await startNats();
    },
    end: async () => server?.stop(),
    queue: () => Promise.resolve(`${server?.url ?? ''}/pages-${queues++}`),
  },
];
