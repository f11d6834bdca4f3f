import { createHash } from 'node:crypto';
import { truncateSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { concatMap, lastValueFrom, toArray } from 'rxjs';
import { fetchFrom, type FetchRequest } from 'sluice';
import { recordLine } from 'sluice/report';
import { digest, toFile } from 'sluice/sinks';
import { failure, page, success } from 'sluice/testing';
import { openWarc } from 'sluice/warc';
import { afterAll, describe, expect, onTestFinished, vi } from 'vitest';
import { FileOutput } from '../../../lib/files/file-output.js';
import { noise } from '../../support/noise.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { it, openHandles, type Wire } from '../../support/wire.js';
import { readWarc, type ReadRecord } from './read-warc.js';

afterAll(async () => expect(await openHandles()).toEqual([]));

/** What is in the archive of some records, or of what inputs are fetched as. */
async function archived(...results: Parameters<typeof success>[0][]): Promise<ReadRecord[]> {
  const folder = await temporaryFolder();
  const file = join(folder.path, 'site.warc.gz');
  const archive = await openWarc(file);
  for (const result of results) await archive.write(result as never);
  await archive.close();
  expect(await folder.files()).toEqual(['site.warc.gz']);
  return readWarc(file);
}

async function fetched(wire: Wire, inputs: (string | FetchRequest)[]): Promise<ReadRecord[]> {
  const options = { transport: wire.transport, retry: false } as const;
  return archived(...(await lastValueFrom(fetchFrom(inputs, options).pipe(toArray()))));
}

const typesOf = (records: readonly ReadRecord[]): string[] => records.map(({ type }) => type);
const sha256 = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const line = (record: ReadRecord | undefined): unknown => JSON.parse(String(record?.payload));

/** The pieces; as soon as there is one the file that they come from is nearly empty. */
async function* shortening(
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  file: string,
): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    if (piece.length > 0) truncateSync(file, 10);
    yield piece;
  }
}

describe('openWarc', () => {
  it('writes a response and a request for each page, which warcio reads back byte for byte', async ({
    wire,
  }) => {
    const bodies = [Buffer.from('<p>naïve</p>'), noise(300_000), Buffer.alloc(0), Buffer.alloc(200_000, 'x')];
    const server = await wire.serve((request, response) =>
      response.end(bodies[Number(request.url?.slice(1))]),
    );
    const urls = bodies.map((_body, at) => `${server.url}/${at}`);
    const folder = await temporaryFolder();
    const file = join(folder.path, 'site.warc.gz');
    const archive = await openWarc(file, { info: { operator: 'somebody', software: 'x\r\ninjected: y' } });
    const results$ = fetchFrom(urls, { transport: wire.transport, concurrency: 2 });
    const results = await lastValueFrom(
      results$.pipe(
        concatMap((result) => archive.write(result)),
        toArray(),
      ),
    );
    await archive.close();
    expect(results.map(({ index }) => index).sort()).toEqual([0, 1, 2, 3]);

    const [info, ...records] = await readWarc(file);
    expect(info).toMatchObject({ type: 'warcinfo', fields: { 'warc-filename': 'site.warc.gz' } });
    expect(String(info?.payload).split('\r\n')).toEqual([
      'software: x injected: y',
      'format: WARC File Format 1.1',
      'conformsTo: https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/',
      'operator: somebody',
      '',
    ]);
    expect(typesOf(records)).toEqual(bodies.flatMap(() => ['response', 'request']));
    for (const [at, body] of bodies.entries()) {
      const response = records.find(({ type, uri }) => type === 'response' && uri === urls[at]);
      expect(response?.payload.equals(body)).toBe(true);
      expect(response?.fields).toMatchObject({
        'warc-payload-digest': sha256(body),
        'warc-warcinfo-id': info?.fields['warc-record-id'],
        'content-type': 'application/http; msgtype=response',
      });
      const request = records.find(({ type, uri }) => type === 'request' && uri === urls[at]);
      expect(request?.fields['warc-concurrent-to']).toBe(response?.fields['warc-record-id']);
      expect(request?.http).toEqual({
        first: `GET /${at} HTTP/1.1`,
        headers: { host: new URL(server.url).host },
      });
    }
  });

  it('has digests of the block that is written, and a member of gzip for each record', async () => {
    const records = await archived(success(page('http://a/', { body: 'hello', headers: { 'x-a': 'é' } })));
    for (const { member, fields } of records.slice(1)) {
      expect(String(member.subarray(0, 10))).toBe('WARC/1.1\r\n');
      const start = member.indexOf('\r\n\r\n') + 4;
      const block = member.subarray(start, member.length - 4);
      expect(fields['warc-block-digest']).toBe(sha256(block));
      expect(fields['content-length']).toBe(String(block.length));
      expect(String(member.subarray(-4))).toBe('\r\n\r\n');
    }
  });

  it('writes decoded bodies under headers that say so, and keeps what these were', async ({ wire }) => {
    const server = await wire.serve((_request, response) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip', 'Transfer-Encoding': 'chunked' });
      response.end(gzipSync('hello'));
    });
    const [, response] = await fetched(wire, [server.url]);
    expect(String(response?.payload)).toBe('hello');
    const headers = response?.http?.headers;
    expect(headers).toMatchObject({
      'x-orig-content-encoding': 'gzip',
      'x-orig-transfer-encoding': 'chunked',
      'content-length': '5',
    });
    expect(headers).not.toHaveProperty('content-encoding');
    expect(headers).not.toHaveProperty('transfer-encoding');
  });

  it('leaves the headers of a response that has no body', async ({ wire }) => {
    const server = await wire.serve((_request, response) =>
      response.writeHead(200, { 'Content-Length': 7 }).end(),
    );
    const [, response, request] = await fetched(wire, [{ url: server.url, method: 'HEAD' }]);
    expect(response?.http?.headers['content-length']).toBe('7');
    expect(response?.payload).toHaveLength(0);
    expect(request?.http?.first).toBe('HEAD / HTTP/1.1');
  });

  it('keeps the bytes of headers, each for itself', async ({ wire }) => {
    const raw = 'HTTP/1.1 200 OK\r\nX-A: caf\xe9\r\nX-B: a,,,b\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n';
    const answer = Buffer.from(`${raw}Content-Length: 2\r\n\r\nhi`, 'latin1');
    const server = await wire.serveBytes(answer);
    const [, response] = await fetched(wire, [server.url]);
    expect(response?.member.toString('latin1')).toContain(
      'HTTP/1.1 200 OK\r\nx-a: caf\xe9\r\nx-b: a,,,b\r\nset-cookie: a=1\r\nset-cookie: b=2\r\ncontent-length: 2\r\n\r\nhi',
    );
  });

  it('lets no header and no URL begin a line of its own', async () => {
    const evil = 'a\r\nWARC-Type: warcinfo\r\n\r\nx';
    const value = page(`http://a/,,,${evil}`, {
      status: 299,
      headers: { 'x-a': evil, [`x ${evil}`]: ['1', 'zwölf – \u0000'] },
      body: evil,
    });
    const result = success(value, { url: `http://b/${evil}` });
    const request = { ...result.request, method: evil, headers: { [evil]: evil } };
    const foreign = { ...result, value: page('not a URL\r\n\ud800'), request };
    const [, first, second, third, fourth, ...rest] = await archived(result, foreign);
    expect([first, second, third, fourth].map((record) => record?.type)).toEqual([
      'response',
      'request',
      'response',
      'request',
    ]);
    expect(rest).toEqual([]);
    expect(first?.uri).toBe('http://a/,,,aWARC-Type:%20warcinfox');
    expect(String(first?.payload)).toBe(evil);
    expect(first?.http?.first.trim()).toBe('HTTP/1.1 299');
    expect(third?.uri).toBe('not%20a%20URL%0D%0A%EF%BF%BD');
    expect(first?.fields['warc-type']).toBe('response');
  });

  it('names no secret', async ({ wire }) => {
    const server = await wire.serve((_request, response) => response.end());
    const url = server.url.replace('//', '//user:pass-word@');
    const secret = { authorization: 'Bearer pass-word', Cookie: 'pass-word', 'x-a': '1' };
    const inputs = [
      { url, headers: secret },
      'http://user:pass-word@127.0.0.1:1/',
      'htp://user:pass-word@a b',
    ];
    const records = await fetched(wire, inputs);
    expect(typesOf(records).sort()).toEqual(['metadata', 'metadata', 'request', 'response', 'warcinfo']);
    for (const { member } of records) expect(String(member)).not.toContain('pass-word');
    expect(records.find(({ type }) => type === 'request')?.http?.headers).toHaveProperty('x-a', '1');
  });

  it('writes the body of a request', async ({ wire }) => {
    const server = await wire.serve((request, response) => void request.pipe(response));
    const body = Buffer.from([1, 2, 3, 255]);
    const records = await fetched(wire, [{ url: server.url, method: 'post', body }]);
    const request = records.find(({ type }) => type === 'request');
    expect(request?.http).toMatchObject({ first: 'POST / HTTP/1.1', headers: { 'content-length': '4' } });
    expect(request?.payload.equals(body)).toBe(true);
  });

  it('has error pages, and a metadata record for what has no page', async ({ wire }) => {
    const server = await wire.serve((_request, response) => response.writeHead(404).end('gone'));
    const records = await fetched(wire, [server.url, 'http://127.0.0.1:1/', 'no URL\r\n']);
    const metadata = records.filter(({ type }) => type === 'metadata');
    expect(records.find(({ type }) => type === 'response')).toMatchObject({
      http: { first: 'HTTP/1.1 404 Not Found' },
      payload: Buffer.from('gone'),
    });
    expect(metadata.map(({ uri }) => uri).sort()).toEqual(['http://127.0.0.1:1/', null]);
    expect(metadata.map(line)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ v: 1, error: expect.objectContaining({ kind: 'connect' }) }),
        expect.objectContaining({ request: { url: 'no URL\r\n' }, attempts: 0 }),
      ]),
    );
    expect(metadata[0]?.fields['content-type']).toBe('application/json');
  });

  it('says in a metadata record of the URL that was asked for which redirects led to the page', async ({
    wire,
  }) => {
    const server = await wire.serve((request, response) => {
      if (request.url === '/c') response.end('page');
      else response.writeHead(302, { Location: request.url === '/a' ? '/b' : '/c' }).end();
    });
    const [a, b, c] = ['/a', '/b', '/c'].map((path) => server.url + path);
    const [, response, request, metadata] = await fetched(wire, [a!]);
    expect([response?.uri, request?.uri, metadata?.uri]).toEqual([c, c, a]);
    expect(metadata?.fields['warc-concurrent-to']).toBe(response?.fields['warc-record-id']);
    expect(line(metadata)).toMatchObject({ url: c, redirects: [a, b], status: 200 });
    const [, , posted] = await fetched(wire, [{ url: a!, method: 'POST', body: 'x' }]);
    expect(posted?.uri).toBe(a); // the last request may have been a GET
  });

  it('dates each page by the start of its last attempt', async () => {
    const result = success(page('http://a/'), { attempts: 2 });
    const timing = {
      pulled: 1_000_000,
      settled: 900,
      tries: [
        { start: 5, end: 9 },
        { start: 250, end: 900 },
      ],
    };
    const folder = await temporaryFolder();
    const archive = await openWarc(join(folder.path, 'a.warc'));
    expect(await archive.write(result, recordLine(result, { timing }))).toBe(result);
    await archive.close();
    const text = await readFile(join(folder.path, 'a.warc'), 'utf8');
    expect(text.match(/^WARC-Date: .*(?=\r$)/gm)?.slice(1)).toEqual([
      'WARC-Date: 1970-01-01T00:16:40.250Z',
      'WARC-Date: 1970-01-01T00:16:40.250Z',
    ]);
  });

  it('takes the body from the file that it went to, and says where it is lost', async ({ wire }) => {
    const folder = await temporaryFolder();
    const body = noise(3_000_000);
    const server = await wire.serve((request, response) =>
      response.end(request.url === '/empty' ? '' : body),
    );
    const sink = toFile(join(folder.path, 'bodies'));
    const records = await fetched(wire, [
      { url: `${server.url}/large`, sink },
      { url: `${server.url}/empty`, sink },
      { url: `${server.url}/lost`, sink: digest('md5') },
    ]);
    const of = (path: string): ReadRecord | undefined =>
      records.find(({ type, uri }) => type === 'response' && uri === server.url + path);
    expect(of('/large')?.payload.equals(body)).toBe(true);
    expect(of('/large')?.fields['warc-payload-digest']).toBe(sha256(body));
    expect(of('/empty')?.payload).toHaveLength(0);
    expect(of('/empty')?.fields).not.toHaveProperty('warc-truncated');
    expect(of('/lost')?.fields).toHaveProperty('warc-truncated', 'unspecified');
  });

  it('refuses what is no page any more, and goes on', async () => {
    const folder = await temporaryFolder();
    const file = join(folder.path, 'a.warc.gz');
    const archive = await openWarc(file);
    await expect(archive.write(success('text', { index: 7 }))).rejects.toThrow(
      'record 7 holds no page: archive records without `project`, and before mapSuccess',
    );
    await archive.write(success(page('http://a/')));
    await archive.close();
    expect(typesOf(await readWarc(file))).toEqual(['warcinfo', 'response', 'request']);
  });

  it('writes records whole that are given at once', async () => {
    const folder = await temporaryFolder();
    const file = join(folder.path, 'a.warc.gz');
    const archive = await openWarc(file);
    const results = Array.from({ length: 50 }, (_, index) =>
      success(page(`http://a/${index}`, { body: noise(index * 3_000) }), { index }),
    );
    const written = Promise.all(results.map((result) => archive.write(result)));
    await archive.close();
    await written;
    const responses = (await readWarc(file)).filter(({ type }) => type === 'response');
    expect(responses.map(({ uri }) => uri)).toEqual(results.map(({ value }) => value.url));
  });

  it('ends with its last whole record where a body cannot be read to its end', async () => {
    const folder = await temporaryFolder();
    const [file, body] = [join(folder.path, 'a.warc.gz'), join(folder.path, 'body')];
    await writeFile(body, noise(2_000_000));
    const archive = await openWarc(file);
    await archive.write(failure('dns', { url: 'http://a/' }));
    const { writePieces } = FileOutput.prototype;
    const writing = vi.spyOn(FileOutput.prototype, 'writePieces').mockImplementation(function (
      this: FileOutput,
      pieces,
    ) {
      return writePieces.call(this, shortening(pieces, body));
    });
    onTestFinished(() => {
      writing.mockRestore();
    });
    const sunk = success({ ...page('http://b/'), sunk: { path: body } });
    const message = 'the file of a body was changed while it was archived';
    await expect(archive.write(sunk)).rejects.toThrow(message);
    await expect(archive.close()).rejects.toThrow(
      `Cannot write ${file}: ${message}; it holds what came before`,
    );
    expect(typesOf(await readWarc(file))).toEqual(['warcinfo', 'metadata']);
  });

  it.skipIf(process.platform !== 'linux')('says that the disk is full', async () => {
    await expect(openWarc('/dev/full')).rejects.toThrow('Cannot write /dev/full: the disk is full (ENOSPC)');
  });
});
