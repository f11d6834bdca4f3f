import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { afterAll, describe, expect } from 'vitest';
import { noise } from '../../support/noise.js';
import { it, openHandles } from '../../support/wire.js';

afterAll(async () => expect(await openHandles()).toEqual([]));

const lib = (path: string): string => JSON.stringify(new URL(`../../../lib/${path}`, import.meta.url).href);
const MiB = 1024 * 1024;
const quick = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };

/** Fetches URLs one after the other; says what became of the last, and how much its memory has grown since the first. */
const program = `
  import { defaultTransportLimits } from ${lib('transports/transport.ts')};
  import { undiciTransport } from ${lib('transports/undici/index.ts')};
  import { digest, discard } from ${lib('sinks/index.ts')};
  const [urls, options] = process.argv.slice(1).map((text) => JSON.parse(text));
  const sink = { discard: discard(), sha256: digest('sha256') }[options.sink];
  const limits = { ...defaultTransportLimits, ...(options.maxBodyBytes === null ? { maxBodyBytes: Infinity } : {}) };
  const transport = undiciTransport();
  const fetchOne = (url) => new Promise((resolve) => {
    const request = sink ? { url, sink } : { url };
    const attempt = { request, target: undefined, limits, enter() {}, responded() {} };
    transport({ ...request }, attempt).subscribe({
      next: ({ encodedBytes, sunk }) => resolve({ encodedBytes, sunk }),
      error: ({ kind, message }) => resolve({ kind, message }),
    });
  });
  let last;
  let before;
  for (const url of urls) {
    last = await fetchOne(url);
    before ??= process.resourceUsage().maxRSS;
  }
  console.log(JSON.stringify({ last, grown: (process.resourceUsage().maxRSS - before) * 1024 }));
`;

async function run(urls: readonly string[], options: object = {}) {
  const node = ['--import', 'tsx', '--input-type=module', '--eval', program];
  const args = [...node, JSON.stringify(urls), JSON.stringify(options)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout) as { readonly last: unknown; readonly grown: number };
}

describe('the memory of a process', { timeout: 60_000 }, () => {
  it.for([
    ['gzip', () => gzipSync(Buffer.alloc(200 * MiB))],
    ['br', () => brotliCompressSync(Buffer.alloc(200 * MiB), quick)],
    ['gzip, gzip', () => gzipSync(gzipSync(Buffer.alloc(200 * MiB)))],
  ] as const)(
    'grows by a bomb of %s by a fraction of what it would become',
    async ([coding, make], { wire }) => {
      const bomb = make();
      const page = gzipSync(Buffer.concat([noise(5 * MiB), Buffer.alloc(5 * MiB)]));
      const server = await wire.serve((request, response) => {
        if (request.url === '/') response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(page);
        else response.writeHead(200, { 'Content-Encoding': coding }).end(bomb);
      });
      const { last, grown } = await run([`${server.url}/`, `${server.url}/bomb`]);
      expect(last).toMatchObject({ kind: 'too-large' });
      expect(grown).toBeLessThan(50 * MiB);
    },
  );

  it.for(['discard', 'sha256'])(
    'does not hold a body of 200 MiB that goes into a sink: %s',
    async (sink, { wire }) => {
      const piece = Buffer.alloc(MiB, 'sluice');
      const server = await wire.serve((request, response) => {
        let left = request.url === '/' ? 8 : 200;
        const send = (): unknown => (left-- > 0 ? response.write(piece, send) : response.end());
        send();
      });
      const { last, grown } = await run([`${server.url}/`, `${server.url}/large`], {
        sink,
        maxBodyBytes: null,
      });
      const hash = createHash('sha256');
      for (let i = 0; i < 200; i++) hash.update(piece);
      const hex = sink === 'sha256' ? { hex: hash.digest('hex') } : {};
      expect(last).toEqual({ encodedBytes: 200 * MiB, sunk: { bytes: 200 * MiB, ...hex } });
      expect(grown).toBeLessThan(100 * MiB); // most of it is garbage that is not collected yet
    },
  );

  it.for(['discard'])(
    'does not hold what 150 MiB of zeros were compressed to: %s',
    async (sink, { wire }) => {
      const encoded = gzipSync(Buffer.alloc(150 * MiB));
      const server = await wire.serve((request, response) => {
        response
          .writeHead(200, { 'Content-Encoding': 'gzip' })
          .end(request.url === '/' ? gzipSync('x') : encoded);
      });
      const { last, grown } = await run([`${server.url}/`, `${server.url}/zeros`], {
        sink,
        maxBodyBytes: null,
      });
      expect(last).toMatchObject({ kind: 'too-large', message: expect.stringContaining('maxRatio') });
      expect(grown).toBeLessThan(100 * MiB); // most of it is garbage that is not collected yet
    },
  );
});
