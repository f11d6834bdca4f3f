import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.js';
import { hasScript, onTerminal } from './on-terminal.js';

describe.skipIf(!hasScript)('the command on a terminal', () => {
  const held: ServerResponse[] = [];
  // what is asked for `/held` has no answer until it is given one
  const server = createServer((request, response) => {
    if (request.url === '/held') held.push(response);
    else response.end('hello');
  });
  let origin: string;
  let terminal: ReturnType<typeof onTerminal> | undefined;

  beforeEach(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    terminal?.kill();
    for (const response of held.splice(0)) response.destroy();
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  });

  const output = async (): Promise<string> => join((await temporaryFolder()).path, 'out.ndjson');

  it('draws how the run stands, and ends with the summary and a cursor', async () => {
    terminal = onTerminal([`${origin}/a`, `${origin}/held`, '-o', await output()], 60);
    await terminal.shows(/1\/2[^]*1 in flight/);
    expect(terminal.shown()).toContain('\u001b[?25l');
    for (const response of held) response.end('at last');
    expect(await terminal.closed).toBe(0);
    const shown = terminal.shown();
    expect(shown).toContain('2 succeeded');
    expect(shown.lastIndexOf('\u001b[?25h')).toBeGreaterThan(shown.lastIndexOf('\u001b[?25l'));
    expect(shown.indexOf('2 succeeded')).toBeGreaterThan(shown.lastIndexOf('in flight'));
  });

  it('gives the cursor back when Ctrl-C cuts it off', async () => {
    terminal = onTerminal([`${origin}/a`, `${origin}/held`, '-o', await output()], 80);
    await terminal.shows(/1 in flight/);
    terminal.press('\u0003');
    await terminal.shows(/Stopping[^]*?(?:in flight[^]*?){4}/); // some drawings later it is another Ctrl-C
    terminal.press('\u0003');
    expect(await terminal.closed).toBe(130);
    const shown = terminal.shown();
    expect(shown.lastIndexOf('\u001b[?25h')).toBeGreaterThan(shown.lastIndexOf('\u001b[?25l'));
    expect(shown).toContain('1 cut off');
  });
});
