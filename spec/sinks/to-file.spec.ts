import { mkdir, open, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { lastValueFrom } from 'rxjs';
import { afterAll, describe, expect, vi } from 'vitest';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import { toBatch } from '../../lib/operators/to-batch.js';
import { fileNameOf } from '../../lib/sinks/file-name.js';
import { digest, discard, sunkOf, toFile } from '../../lib/sinks/index.js';
import { page } from '../../lib/testing/index.js';
import { noise } from '../support/noise.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { it, openHandles } from '../support/wire.js';

afterAll(async () => expect(await openHandles()).toEqual([]));

const half = 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\nETag: "x"\r\n\r\nhello';

describe('toFile', () => {
  it('writes each body to a file of a folder, which it makes', async ({ wire }) => {
    const folder = await temporaryFolder();
    const sink = toFile(join(folder.path, 'a/b'));
    const server = await wire.serve((request, response) => response.end(`body of ${request.url}`));
    const urls = ['/1.html', '/2', '/..%2f..%2f3'].map((path) => server.url + path);
    const options = { transport: wire.transport, sink, project: sunkOf.bind(undefined, sink) };
    const results = await lastValueFrom(fetchFrom(urls, options).pipe(toBatch()));
    for (const [index, result] of results.entries()) {
      const url = urls[index]!;
      const path = join(folder.path, 'a/b', fileNameOf({ url }));
      expect(result).toMatchObject({ ok: true, value: { path } });
      expect(await readFile(path, 'utf8')).toBe(`body of ${url.slice(server.url.length)}`);
    }
  });

  it('ends names without an extension as their Content-Type does, where it is asked to', async ({ wire }) => {
    const folder = await temporaryFolder();
    const types: Readonly<Record<string, string | undefined>> = {
      '/page': 'Text/HTML ; charset=utf-8',
      '/list.php': 'text/html',
      '/problem': 'application/problem+json',
      '/thing': 'application/x-thing',
      '/evil': 'text/../../etc/passwd',
      '/proto': '__proto__',
      '/none': undefined,
    };
    const server = await wire.serve(({ url = '' }, response) => {
      const type = types[url];
      if (type !== undefined) response.setHeader('Content-Type', type);
      response.end(url);
    });
    for (const resume of [false, true]) {
      const sink = toFile(folder.path, { extension: 'type', resume });
      const names: Record<string, string> = {};
      for (const path of Object.keys(types)) {
        const url = server.url + path;
        const { path: file } = sunkOf(sink, await wire.fetch({ url, sink }));
        expect(await readFile(file, 'utf8')).toBe(path);
        names[path] = file.replace(join(folder.path, fileNameOf({ url })), '');
      }
      expect(names).toEqual({
        '/page': '.html',
        '/list.php': '',
        '/problem': '.json',
        '/thing': '',
        '/evil': '',
        '/proto': '',
        '/none': '',
      });
    }
    expect(await folder.files()).toHaveLength(7);
  });

  it('writes to the path that a function gives, over what is there', async ({ wire }) => {
    const folder = await temporaryFolder();
    const path = join(folder.path, 'x'.repeat(250));
    await writeFile(path, 'old');
    const body = noise(700_000);
    const server = await wire.serve((_request, response) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync(body));
    });
    const sink = toFile(({ context }) => String(context));
    const fetched = await wire.fetch({ url: server.url, sink, context: path });
    expect(sunkOf(sink, fetched)).toEqual({ path, bytes: body.length });
    expect(body.equals(await readFile(path))).toBe(true);
    expect(await folder.files()).toHaveLength(1);
  });

  it('replaces a link and does not write through it', async ({ wire }) => {
    const folder = await temporaryFolder();
    await writeFile(join(folder.path, 'secret'), 'kept');
    await symlink(join(folder.path, 'secret'), join(folder.path, 'page'));
    const server = await wire.serve((_request, response) => response.end('new'));
    await wire.fetch({ url: server.url, sink: toFile(() => join(folder.path, 'page')) });
    expect(await readFile(join(folder.path, 'secret'), 'utf8')).toBe('kept');
    expect(await readFile(join(folder.path, 'page'), 'utf8')).toBe('new');
  });

  it('leaves the file as it was and no part of another when the body is cut short', async ({ wire }) => {
    const folder = await temporaryFolder();
    const path = join(folder.path, 'page');
    await writeFile(path, 'old');
    const server = await wire.serveBytes(half);
    expect(await wire.failure({ url: server.url, sink: toFile(() => path) })).toMatchObject({
      kind: 'network',
    });
    await vi.waitFor(async () => expect(await folder.files()).toEqual(['page']));
    expect(await readFile(path, 'utf8')).toBe('old');
  });

  it('has the file under another name until it is whole, and removes it when unsubscribed', async ({
    wire,
  }) => {
    const folder = await temporaryFolder();
    const server = await wire.serveBytes(half, { stay: true });
    const sink = toFile(() => join(folder.path, 'page'));
    const subscription = wire.open({ url: server.url, sink }).pages.subscribe();
    await vi.waitFor(async () =>
      expect(await folder.files()).toEqual([expect.stringMatching(/^\.sluice-.*\.part$/)]),
    );
    subscription.unsubscribe();
    await vi.waitFor(async () => expect(await folder.files()).toEqual([]));
    await server.idle();
  });

  it('fails by kind `resource` when the disk is full, and leaves nothing', async ({ wire }) => {
    const folder = await temporaryFolder();
    const any = await open(join(folder.path, 'any'), 'w');
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    const handles = Object.getPrototypeOf(any) as typeof any;
    const write = vi.spyOn(handles, 'write').mockRejectedValue(full);
    await any.close();
    const server = await wire.serve((_request, response) => response.end('x'.repeat(500_000)));
    const error = await wire.failure({ url: server.url, sink: toFile(() => join(folder.path, 'page')) });
    write.mockRestore();
    expect(error).toMatchObject({ kind: 'resource', code: 'ENOSPC', phase: 'body', retryable: false });
    await vi.waitFor(async () => expect(await folder.files()).toEqual(['any']));
  });

  it('writes on where a write took less than it was given', async ({ wire }) => {
    const folder = await temporaryFolder();
    const any = await open(join(folder.path, 'any'), 'w');
    const handles = Object.getPrototypeOf(any) as { write(...args: unknown[]): Promise<unknown> };
    const { write } = handles;
    const spy = vi.spyOn(handles, 'write').mockImplementation(function (
      this: unknown,
      bytes,
      at,
      length,
      to,
    ) {
      return write.call(this, bytes, at, Math.min(Number(length), 1_000), to);
    });
    await any.close();
    const body = noise(50_000);
    const server = await wire.serve((_request, response) => response.end(body));
    await wire.fetch({ url: server.url, sink: toFile(() => join(folder.path, 'page')) });
    spy.mockRestore();
    expect(body.equals(await readFile(join(folder.path, 'page')))).toBe(true);
  });

  it('fails where the path cannot be a file, and leaves nothing', async ({ wire }) => {
    const folder = await temporaryFolder();
    await mkdir(join(folder.path, 'taken/by'), { recursive: true });
    const server = await wire.serve((_request, response) => response.end('x'));
    const sink = toFile(() => join(folder.path, 'taken'));
    const error = await wire.failure({ url: server.url, sink });
    expect(error).toMatchObject({ kind: 'project', code: expect.stringMatching(/^E/) });
    await vi.waitFor(async () => expect(await folder.files()).toEqual(['taken']));
  });

  it('fails where the function gives no path', async ({ wire }) => {
    const server = await wire.serve((_request, response) => response.end('x'));
    const error = await wire.failure({ url: server.url, sink: toFile(() => undefined as unknown as string) });
    expect(error).toMatchObject({ kind: 'project' });
    expect(error.message).toContain('toFile: expected the path of a file, got undefined');
  });

  it('refuses an extension that it knows nothing of', () => {
    expect(() => toFile('pages', { extension: '.html' as 'url' })).toThrow(
      new TypeError("toFile: expected `extension` to be 'url' or 'type', got \".html\""),
    );
  });

  it.for(['', 1, undefined])('refuses %j as a folder', (where) => {
    expect(() => toFile(where as string)).toThrow(
      /^toFile: expected a folder, or a function that returns a path/,
    );
  });
});

describe('discard and digest', () => {
  it('tell what they read', async ({ wire }) => {
    const server = await wire.serve((_request, response) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync('abc'));
    });
    const [none, sha] = [discard(), digest('sha256')];
    expect(sunkOf(none, await wire.fetch({ url: server.url, sink: none }))).toEqual({ bytes: 3 });
    expect(sunkOf(sha, await wire.fetch({ url: server.url, sink: sha }))).toEqual({
      hex: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
      bytes: 3,
    });
  });

  it('refuses an algorithm that is none', () => {
    expect(() => digest('sha-1000')).toThrow(/^digest: expected an algorithm of crypto\.getHashes\(\)/);
  });
});

describe('sunkOf', () => {
  it('throws for a page that went elsewhere', async ({ wire }) => {
    const server = await wire.serve((_request, response) => response.end('abc'));
    const sink = discard();
    const fetched = await wire.fetch({ url: server.url, sink });
    expect(() => sunkOf(discard(), fetched)).toThrow(`sunkOf: the body of ${server.url}/ (200) did not go`);
    expect(() => sunkOf(sink, page('http://h/'))).toThrow(TypeError);
  });
});
