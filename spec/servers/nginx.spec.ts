import { createHash } from 'node:crypto';
import type { FetchResult } from 'sluice';
import { digest, discard, sunkOf } from 'sluice/sinks';
import { undiciTransport } from 'sluice/undici';
import { describe, expect, it } from 'vitest';
import { leavesNothingBehind } from '../support/leaks.js';
import { failureOf } from '../support/net.js';
import { nginxPath } from '../support/nginx.js';
import { noise } from '../support/noise.js';
import { batch, ca, header, kinds, outcome, secure, serving, text, urls } from './run.js';

const bytesOf = (result: FetchResult | undefined): Buffer => Buffer.from(result?.ok ? result.value.body : '');

describe.skipIf(nginxPath === undefined)('an nginx', { timeout: 60_000 }, () => {
  leavesNothingBehind();

  it('serves files, as they are and compressed', async () => {
    const bytes = noise(300_000);
    const nginx = await serving({
      files: { '/a.txt': text, '/b': bytes, '/empty.txt': '' },
      http: 'gzip on; gzip_types text/plain; gzip_min_length 1;',
    });
    const results = await batch(['/a.txt', '/b', '/empty.txt'].map((path) => nginx.url + path));
    expect(results.map((result) => header(result, 'content-encoding'))).toEqual([
      'gzip',
      undefined,
      undefined,
    ]);
    const sent = [Buffer.from(text), bytes, Buffer.alloc(0)];
    expect(results.map((result, index) => bytesOf(result).equals(sent[index]!))).toEqual([true, true, true]);
    expect(results[0]).toMatchObject({
      value: { encodedBytes: expect.toSatisfy((n) => n < text.length / 10) },
    });
  });

  it('is waited for as long as it says where it limits requests', async () => {
    const nginx = await serving({
      files: { '/a.txt': text },
      http: 'limit_req_zone $binary_remote_addr zone=few:1m rate=10r/s;',
      server: () => `
        limit_req zone=few burst=5 nodelay;
        error_page 503 @busy;
        location @busy { add_header Retry-After 1 always; return 503 "busy"; }`,
    });
    const results = await batch(urls(12, `${nginx.url}/a.txt`), { retry: { limit: 1, backoff: () => 0 } });
    expect(kinds(results, outcome)).toEqual([200]);
    const again = results.filter(({ attempts }) => attempts === 2);
    expect(again.length).toBeGreaterThan(0);
    for (const { duration } of again) expect(duration).toBeGreaterThanOrEqual(1_000);
  });

  it('sends to a folder by its slash', async () => {
    const nginx = await serving({ files: { '/docs/index.html': text } });
    const [result] = await batch([`${nginx.url}/docs`]);
    expect(result).toMatchObject({
      value: { url: `${nginx.url}/docs/`, redirects: [`${nginx.url}/docs`], status: 200 },
    });
    expect(bytesOf(result).toString()).toBe(text);
  });

  it('sends a large file into a sink', async () => {
    const bytes = noise(50 * 1024 * 1024);
    const nginx = await serving({ files: { '/a': bytes } });
    const counted = discard();
    const hashed = digest('sha256');
    const maxBodyBytes = bytes.length;
    const [first] = await batch([`${nginx.url}/a`], { sink: counted, maxBodyBytes });
    expect(first?.ok && sunkOf(counted, first.value).bytes).toBe(bytes.length);
    const [second] = await batch([`${nginx.url}/a`], { sink: hashed, maxBodyBytes });
    const hex = createHash('sha256').update(bytes).digest('hex');
    expect(second?.ok && sunkOf(hashed, second.value).hex).toBe(hex);
  });

  it.for([
    [false, 'HTTP/1.1'],
    [true, 'HTTP/2.0'],
  ] as const)('is trusted by its CA, and speaks what it is asked to (http2: %s)', async ([http2, spoken]) => {
    const nginx = await serving(secure());
    const results = await batch(urls(500, `${nginx.secureUrl}/a.txt`), {
      connections: { ca: ca.cert, http2 },
    });
    expect(kinds(results, outcome)).toEqual([200]);
    expect(kinds(results, (result) => header(result, 'x-protocol'))).toEqual([spoken]);
    expect(results.every((result) => bytesOf(result).equals(Buffer.from(text)))).toBe(true);
    const error = await failureOf(undiciTransport({ http2 }), `${nginx.secureUrl}/a.txt`);
    expect(error).toMatchObject({ kind: 'tls', code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
  });
});
