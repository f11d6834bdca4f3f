import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, expect } from 'vitest';
import { undiciTransport } from '../../../lib/transports/undici/index.js';
import { it, openHandles } from '../../support/wire.js';

afterAll(async () => expect(await openHandles()).toEqual([]));

const library = new URL('../../../lib/transports/undici/index.ts', import.meta.url).href;
/** Fetches a page by the default Agent, and says at its end how long it took to get there from the page. */
const program = `
  import { undiciTransport } from ${JSON.stringify(library)};
  undiciTransport()({ url: process.argv[1] }).subscribe({
    next: (page) => {
      const got = performance.now();
      process.on('exit', () => console.log(page.text(), performance.now() - got));
    },
  });
`;

it('a process ends by itself with its last fetch, though the connection is kept', async ({ wire }) => {
  const server = await wire.serve((_request, response) => response.end('page'));
  const node = [...['--import', 'tsx', '--input-type=module'], '--eval', program, server.url];
  const { stdout } = await promisify(execFile)(process.execPath, node);
  const [text, ms] = stdout.split(' ');
  expect(text).toBe('page');
  expect(Number(ms)).toBeLessThan(2_000); // undici closes an idle connection after 4 seconds
});

it('the default Agent serves all transports that have none of their own', async ({ wire }) => {
  let asked = 0;
  const server = await wire.serve((_request, response) => {
    response.setHeader('Connection', 'close').end(String(++asked));
  });
  const texts: string[] = [];
  for (const transport of [undiciTransport(), undiciTransport({})]) {
    await transport({ url: server.url }).forEach((page) => void texts.push(page.text()));
  }
  expect(texts).toEqual(['1', '2']);
  await server.idle();
});
