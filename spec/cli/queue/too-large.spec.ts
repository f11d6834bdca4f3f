import { expect, it, onTestFinished, describe } from 'vitest';
import type { RecordLine } from '../../../lib/observe/report/record-line.js';
import { natsPath, startNats } from '../../support/nats.js';
import { serveRaw } from '../../support/servers.js';
import { sluice } from '../binary.js';

describe.skipIf(natsPath === undefined)(
  'a page that the NATS server of its queue takes no message for',
  () => {
    it('is a failure in the records, the summary and the exit code of work, in the words of the command', async () => {
      const nats = await startNats('max_payload: 65536');
      onTestFinished(() => nats.stop());
      const body = 'x'.repeat(70_000);
      const site = await serveRaw((socket) => {
        socket.once('data', () => {
          socket.end(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`);
        });
      });
      onTestFinished(() => site.close());
      const queue = `${nats.url}/pages`;
      await sluice(['enqueue', `http://127.0.0.1:${site.port}/`, '--queue', queue]);
      const { code, stdout, stderr } = await sluice(['work', '--queue', queue, '-o', '-']);
      const record = JSON.parse(stdout) as RecordLine;
      expect(record).toMatchObject({ index: 0, ok: false, error: { kind: 'too-large' } });
      expect(record.tries).toHaveLength(1);
      expect(record.error?.message).toMatch(
        /\(its max_payload\)\. Raise max_payload there, or refuse such pages sooner by --max-body$/,
      );
      expect(stderr).toMatch(/^1 URL in [^:]+: 0 succeeded, 1 failed\n/);
      expect(stderr).toContain('raise max_payload of the NATS server');
      expect(code).toBe(1);
    });
  },
);
