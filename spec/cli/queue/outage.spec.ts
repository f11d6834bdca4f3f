import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { natsPath, startNats } from '../../support/nats.js';
import { serveRaw } from '../../support/servers.js';
import { sluice, start } from '../binary.js';

describe.skipIf(natsPath === undefined)('a NATS server that goes and comes again', () => {
  it('is told of by who works on its queue, who goes on', async () => {
    const nats = await startNats();
    onTestFinished(() => nats.stop());
    const visits = new EventTarget();
    const visit = (): Promise<unknown> => once(visits, 'visit');
    const site = await serveRaw((socket) => {
      socket.once('data', () => {
        visits.dispatchEvent(new Event('visit'));
        socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok');
      });
    });
    onTestFinished(() => site.close());
    const queue = `${nats.url}/pages`;
    const url = (at: number): string => `http://127.0.0.1:${site.port}/${at}`;
    await sluice(['enqueue', url(1), '--queue', queue]);
    const first = visit();
    const worker = start(['work', '--follow', '--queue', queue]);
    await first;
    await nats.kill();
    await worker.says(/^sluice: The connection to nats:\S+\/pages is lost: trying to get it back$/m);
    await nats.restart();
    await worker.says(/^sluice: nats:\S+\/pages answers again, after [\d.]+ m?s$/m);
    const second = visit();
    await sluice(['enqueue', url(2), '--queue', queue]);
    await second;
    worker.child.kill('SIGTERM');
    const { code, stderr } = await worker.end;
    expect(stderr).not.toMatch(/Cannot/);
    expect(code).toBe(130);
  });
});
