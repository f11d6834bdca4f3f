import type { IncomingMessage, ServerResponse } from 'node:http';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { lastValueFrom } from 'rxjs';
import { afterAll, describe, expect, vi } from 'vitest';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import { toBatch } from '../../lib/operators/to-batch.js';
import { sunkOf, toFile } from '../../lib/sinks/index.js';
import { noise } from '../support/noise.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { it, openHandles, type Wire } from '../support/wire.js';

afterAll(async () => expect(await openHandles()).toEqual([]));

const body = noise(100_000);
const cutAt = 40_000;
const aDay = 86_400_000;

interface Served {
  readonly url: string;
  readonly asked: {
    readonly range: string | undefined;
    readonly ifRange: unknown;
    readonly encoding: unknown;
  }[];
  etag: string | undefined;
  modified: Date | undefined;
  content: Buffer;
  /** What it does instead of what it should, with a request for a range. */
  rangeAnswer: ((request: IncomingMessage, response: ServerResponse) => void) | undefined;
  headers: Record<string, string>;
  cuts: number;
}

/** A server that knows ranges, and cuts the first answer short. */
async function serving(wire: Wire): Promise<Served> {
  const server = await wire.serve((request, response) => {
    const { range, 'if-range': ifRange, 'accept-encoding': encoding } = request.headers;
    served.asked.push({ range, ifRange, encoding });
    const { etag, modified, content, rangeAnswer } = served;
    if (range !== undefined && rangeAnswer) {
      rangeAnswer(request, response);
      return;
    }
    const headers: Record<string, string> = { ...served.headers };
    if (etag !== undefined) headers['etag'] = etag;
    if (modified) headers['last-modified'] = modified.toUTCString();
    const fits = ifRange === etag || ifRange === modified?.toUTCString();
    const from = range !== undefined && fits ? Number(/\d+/.exec(range)?.[0]) : 0;
    if (from > 0) headers['content-range'] = `bytes ${from}-${content.length - 1}/${content.length}`;
    const rest = content.subarray(from);
    response.writeHead(from > 0 ? 206 : 200, { ...headers, 'content-length': rest.length });
    if (served.cuts-- > 0)
      response.write(rest.subarray(0, cutAt), () => setImmediate(() => response.destroy()));
    else response.end(rest);
  });
  const served: Served = {
    url: server.url,
    asked: [],
    etag: '"1"',
    modified: undefined,
    content: body,
    rangeAnswer: undefined,
    headers: {},
    cuts: 1,
  };
  return served;
}

/** Fetches it twice: the first is cut short. @returns the file, and how much of it the second one had */
async function twice(wire: Wire, served: Served, between: (file: string) => unknown = () => undefined) {
  const folder = await temporaryFolder();
  const path = join(folder.path, 'page');
  const sink = toFile(() => path, { resume: true });
  const error = await wire.failure({ url: served.url, sink });
  expect(error).toMatchObject({ kind: 'network', phase: 'body' });
  let files: string[] = [];
  await vi.waitFor(async () => {
    const before = files;
    files = await folder.files();
    expect(files).toEqual(before);
    expect(files).not.toContain('page');
  });
  await between(folder.path);
  const page = await wire.fetch({ url: served.url, sink });
  expect(sunkOf(sink, page)).toEqual({ path, bytes: served.content.length });
  expect(served.content.equals(await readFile(path))).toBe(true);
  expect(await folder.files()).toEqual(['page']);
  return { page, files };
}

describe('toFile with resume', () => {
  it('asks for the rest by ETag, and uncompressed', async ({ wire }) => {
    const served = await serving(wire);
    const { page, files } = await twice(wire, served);
    expect(page).toMatchObject({
      status: 206,
      encodedBytes: expect.toSatisfy((n: number) => n < body.length),
    });
    expect(files).toHaveLength(2);
    expect(served.asked).toEqual([
      { range: undefined, ifRange: undefined, encoding: 'identity' },
      { range: expect.stringMatching(/^bytes=[1-9]\d*-$/), ifRange: '"1"', encoding: 'identity' },
    ]);
  });

  it('asks for the rest by a date that is not of just now', async ({ wire }) => {
    const served = await serving(wire);
    served.etag = undefined;
    served.modified = new Date(Date.now() - aDay);
    await twice(wire, served);
    expect(served.asked[1]).toMatchObject({
      range: expect.anything(),
      ifRange: served.modified.toUTCString(),
    });
  });

  it('continues by the retry of the pipeline', async ({ wire }) => {
    const folder = await temporaryFolder();
    const served = await serving(wire);
    served.cuts = 2;
    const sink = toFile(folder.path, { resume: true });
    const options = { transport: wire.transport, sink, retry: { limit: 3, backoff: () => 1 } };
    const [result] = await lastValueFrom(fetchFrom([served.url], options).pipe(toBatch()));
    expect(result).toMatchObject({ ok: true, attempts: 3, value: { sunk: { bytes: body.length } } });
    expect(served.asked.map(({ range }) => range !== undefined)).toEqual([false, true, true]);
    expect(body.equals(await readFile(join(folder.path, (await folder.files())[0]!)))).toBe(true);
  });

  it('starts anew where the body is another one by now', async ({ wire }) => {
    const served = await serving(wire);
    const { page } = await twice(wire, served, () => {
      served.etag = '"2"';
      served.content = noise(60_000).reverse();
    });
    expect(page.status).toBe(200);
  });

  const answers: readonly (readonly [string, Served['rangeAnswer']])[] = [
    ['416', (_request, response) => response.writeHead(416, { 'content-range': 'bytes */7' }).end()],
    ['a 206 without Content-Range', (_request, response) => response.writeHead(206).end('wrong')],
    [
      'a 206 of another part',
      (_request, response) => response.writeHead(206, { 'content-range': 'bytes 1-5/9' }).end('wrong'),
    ],
    [
      'a compressed 206',
      (request, response) => {
        const from = /\d+/.exec(String(request.headers.range))?.[0];
        const range = `bytes ${from}-${body.length - 1}/${body.length}`;
        response
          .writeHead(206, { 'content-range': range, 'content-encoding': 'gzip' })
          .end(gzipSync('wrong'));
      },
    ],
  ];

  it.for(answers)('asks for the whole where the answer is %s', async ([, rangeAnswer], { wire }) => {
    const served = await serving(wire);
    served.rangeAnswer = rangeAnswer;
    const { page } = await twice(wire, served);
    expect(page.status).toBe(200);
    expect(served.asked.map(({ range }) => range !== undefined)).toEqual([false, true, false]);
  });

  it.for([
    ['a weak ETag', { etag: 'W/"1"' }],
    ['no ETag', { etag: undefined }],
    ['a date of just now', { etag: undefined, modified: new Date() }],
    ['a compressed body', { headers: { 'content-encoding': 'made-up' } }],
  ] as const)('keeps nothing where there is %s', async ([, settings], { wire }) => {
    const served = Object.assign(await serving(wire), settings);
    const { files } = await twice(wire, served);
    expect(files).toEqual([]);
    expect(served.asked[1]?.range).toBeUndefined();
  });

  it('starts anew where what is noted of the part is broken', async ({ wire }) => {
    const served = await serving(wire);
    await twice(wire, served, async (folder) => {
      const { readdir } = await import('node:fs/promises');
      for (const name of await readdir(folder))
        if (name.endsWith('.json')) await writeFile(join(folder, name), '{"url":');
    });
    expect(served.asked[1]?.range).toBeUndefined();
  });

  it('leaves a Range of the caller alone', async ({ wire }) => {
    const folder = await temporaryFolder();
    const served = await serving(wire);
    served.cuts = 0;
    const sink = toFile(folder.path, { resume: true });
    await wire.fetch({ url: served.url, sink, headers: { Range: 'bytes=5-', 'If-Range': '"1"' } });
    expect(served.asked).toMatchObject([{ range: 'bytes=5-' }]);
  });

  it('keeps the part when the answer is an error, and gives its page', async ({ wire }) => {
    const served = await serving(wire);
    const { page } = await twice(wire, served, async (folder) => {
      served.rangeAnswer = (_request, response) => response.writeHead(503).end('busy');
      const sink = toFile(() => join(folder, 'page'), { resume: true });
      expect((await wire.fetch({ url: served.url, sink })).text()).toBe('busy');
      served.rangeAnswer = undefined;
    });
    expect(page.status).toBe(206);
  });

  it('writes two fetches of one file at once to two parts', async ({ wire }) => {
    const folder = await temporaryFolder();
    const served = await serving(wire);
    served.cuts = 0;
    const sink = toFile(() => join(folder.path, 'page'), { resume: true });
    await Promise.all([1, 2, 3].map(() => wire.fetch({ url: served.url, sink })));
    expect(await folder.files()).toEqual(['page']);
    expect(body.equals(await readFile(join(folder.path, 'page')))).toBe(true);
  });
});
