import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { sluice } from '../binary.js';
import { hasScript, onTerminal } from '../on-terminal.js';

async function queueOf(urls: readonly string[]): Promise<string> {
  const queue = `sqlite:${join((await temporaryFolder()).path, 'queue.db')}`;
  await sluice(['enqueue', '--queue', queue, ...urls]);
  return queue;
}

function opened(args: readonly string[]): ReturnType<typeof onTerminal> {
  const terminal = onTerminal(args, 100);
  onTestFinished(() => void terminal.kill());
  return terminal;
}

describe.skipIf(!hasScript)('on a terminal', () => {
  it('status draws the table until Ctrl-C, and leaves it and the cursor there', async () => {
    const queue = await queueOf(['http://a/', 'http://b/']);
    const terminal = opened(['status', '--queue', queue]);
    await terminal.shows(/queued +2/);
    expect(terminal.shown()).toContain('\u001b[?25l');
    terminal.press('\u0003');
    expect(await terminal.closed).toBe(0);
    const [, after = ''] = terminal.shown().split('\u001b[?25h');
    expect(after).toMatch(/^[^]*: 2 URLs[^]*\r\n {2}queued +2\r\n/);
  });

  it('status ends by itself when all is done, and is printed once when that is asked for', async () => {
    const queue = await queueOf(['nonsense']);
    const once = opened(['status', '--once', '--queue', queue]);
    expect(await once.closed).toBe(0);
    expect(once.shown()).toMatch(/queued +1\r\n/);
    expect(once.shown()).not.toContain('\u001b[?25l');
    await sluice(['work', '--queue', queue]);
    const done = opened(['status', '--queue', queue]);
    expect(await done.closed).toBe(0);
    expect(done.shown()).toMatch(/failed +1 {2}invalid 1\r\n/);
  });

  it.each([
    ['n', 1, 'sluice: Nothing was deleted'],
    ['y', 0, 'sluice: Deleted '],
  ])('purge asks, and does so when the answer is %s', async (answer, code, said) => {
    const queue = await queueOf(['http://a/', 'http://b/']);
    const terminal = opened(['purge', '--queue', queue]);
    await terminal.shows(/2 URLs and 0 records \(2 not fetched yet\)\? \[y\/N\] $/);
    terminal.press(`${answer}\r`);
    expect(await terminal.closed).toBe(code);
    expect(terminal.shown()).toContain(said);
    expect((await sluice(['status', '--queue', queue])).code).toBe(code === 0 ? 2 : 0);
  });

  it('work shows how it stands, and writes no records there', async () => {
    const queue = await queueOf(['nonsense']);
    const terminal = opened(['work', '--queue', queue]);
    expect(await terminal.closed).toBe(1);
    expect(stripVTControlCharacters(terminal.shown())).toMatch(/1 URL in [^:]+: 0 succeeded/);
    expect(terminal.shown()).not.toContain('{"v":1');
  });
});
