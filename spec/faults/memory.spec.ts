import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect } from 'vitest';
import { leavesNothingBehind } from '../support/leaks.js';
import { it } from '../support/wire.js';
import { outcomesOf } from './fault.js';
import { maxBodyBytes } from './records.js';
import { everyFault } from './run.js';

const lib = (path: string): string => JSON.stringify(new URL(`../../lib/${path}`, import.meta.url).href);
const here = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href);

/** How often all of them are asked for. */
const rounds = 2;
/** Each body that is too large may be there twice: in pieces, and joined or decoded. */
const bodies = 8;
/** What ends by itself may take so long where garbage is collected all the time, in ms. */
const patience = 60_000;
const mebibyte = 2 ** 20;

/**
 * Asks for all of the faults at once, round by round, and before that for pages that are as they should be, which
 * compiles the code and fills pools. Says how much more was alive than before, at most meanwhile and at the end, how
 * much more the process took from the system, and what of the records is not as it should be.
 */
const program = `
  import { undiciTransport } from ${lib('transports/undici/index.ts')};
  import { complaint, recordsOf } from ${here('./records.ts')};

  const alive = () => {
    gc();
    const { heapUsed, external } = process.memoryUsage(); // what array buffers hold is external
    return heapUsed + external;
  };
  process.once('message', async (requests) => {
    const transport = undiciTransport();
    const wrong = [];
    const ask = async (some) => {
      const records = await recordsOf(some, 256, transport);
      wrong.push(...records.flatMap((record) => complaint(record) ?? []));
    };
    const fine = requests.find(({ context }) => context.name === 'fine');
    const behave = () => ask(Array(1_000).fill(fine));
    await behave();
    const before = alive();
    const rss = process.memoryUsage.rss();
    const most = { alive: before, rss };
    const look = () => {
      most.rss = Math.max(most.rss, process.memoryUsage.rss());
      most.alive = Math.max(most.alive, alive());
    };
    const timer = setInterval(look, 100);
    for (let left = ${rounds}; left > 0; left--) await ask(requests);
    clearInterval(timer);
    await behave();
    const growth = { meanwhile: most.alive - before, after: alive() - before, resident: most.rss - rss };
    process.send({ wrong, ...growth }, () => process.exit());
  });
`;

interface Growth {
  readonly wrong: readonly string[];
  readonly meanwhile: number;
  readonly after: number;
  readonly resident: number;
}

describe('the memory of a process whose servers misbehave', { timeout: 120_000 }, () => {
  leavesNothingBehind();

  it('grows by what its limits allow, and is given back', async ({ wire }) => {
    const requests = (await everyFault(wire)).map((request) => {
      const waits = request.context && outcomesOf(request.context.fault).includes('timeout');
      return waits ? request : { ...request, timeout: patience };
    });
    const child = fork('--eval', [program], {
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
      execArgv: ['--expose-gc', '--import', 'tsx', '--input-type=module'],
    });
    const exited = once(child, 'exit');
    child.send(requests);
    const [growth] = (await Promise.race([once(child, 'message'), exited])) as [Growth];
    await exited;
    expect(growth.wrong).toEqual([]);
    expect(growth.meanwhile).toBeLessThan(2 * bodies * maxBodyBytes);
    expect(growth.after).toBeLessThan(6 * mebibyte);
    expect(growth.resident).toBeLessThan(64 * mebibyte); // most of it is garbage that is not collected yet
  });
});
