import type { IncomingHttpHeaders } from 'node:http';
import { describe, expect } from 'vitest';
import type { FetchRequest } from '../../../lib/model/request.js';
import { leavesNothingBehind } from '../../support/leaks.js';
import { it, type Web } from '../../support/web.js';

leavesNothingBehind();

interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

/** What a server was asked. */
async function asked(web: Web, request: (url: string) => FetchRequest): Promise<Asked> {
  const server = await web.serve(({ method, url, headers }, response) => {
    response.end(JSON.stringify({ method, url, headers }));
  });
  return (await web.fetch(request(server.url))).json();
}

describe('the request of fetch', () => {
  it('is a GET, and asks for its path and query', async ({ web }) => {
    const { method, url } = await asked(web, (base) => ({ url: new URL(`${base}/a%20b?c=d#e`) }));
    expect([method, url]).toEqual(['GET', '/a%20b?c=d']);
  });

  it('has its method in capitals and all its headers', async ({ web }) => {
    const { method, headers } = await asked(web, (url) => ({
      url,
      method: 'patch',
      headers: { 'X-One': '1', 'X-Two': ['2', '3'] },
    }));
    expect(method).toBe('PATCH');
    expect(headers).toMatchObject({ 'x-one': '1', 'x-two': '2, 3' });
  });

  it('sends text as UTF-8 and bytes as they are, and makes up no Content-Type', async ({ web }) => {
    const server = await web.serve((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const type = request.headers['content-type'] ?? 'none';
        response.end(`${Buffer.concat(chunks).toString('hex')} ${type}`);
      });
    });
    const send = async (body: string | Uint8Array, headers = {}): Promise<string> =>
      (await web.fetch({ url: server.url, method: 'POST', body, headers })).text();
    expect(await send('é')).toBe('c3a9 none');
    expect(await send(Uint8Array.of(0, 255))).toBe('00ff none');
    expect(await send('{}', { 'Content-Type': 'application/json' })).toBe('7b7d application/json');
  });

  it('sends the credentials of its URL as a header, unless it has one', async ({ web }) => {
    const withCredentials = (base: string): string => base.replace('http://', 'http://us%C3%A9r:p%40ss@');
    const { headers } = await asked(web, (base) => ({ url: withCredentials(base) }));
    expect(headers.authorization).toBe(`Basic ${Buffer.from('usér:p@ss').toString('base64')}`);
    const own = await asked(web, (base) => ({
      url: withCredentials(base),
      headers: { Authorization: 'Bearer 1' },
    }));
    expect(own.headers.authorization).toBe('Bearer 1');
  });

  it('goes to the fetch that it was given, with a signal', async ({ web }) => {
    const calls: unknown[] = [];
    const page = await web.fetch('http://host.example/a', {}, (url, { signal, ...init }) => {
      calls.push([url, signal?.aborted, init]);
      return Promise.resolve(new Response('from elsewhere'));
    });
    expect(page.text()).toBe('from elsewhere');
    expect(page.url).toBe('http://host.example/a');
    expect(calls).toEqual([
      ['http://host.example/a', false, { method: 'GET', headers: [], redirect: 'follow' }],
    ]);
  });

  it('is sent at each subscription, and not before', async ({ web }) => {
    let count = 0;
    const { pages } = web.open('http://host.example/', {}, () =>
      Promise.resolve(new Response(String(++count))),
    );
    expect(count).toBe(0);
    const texts: string[] = [];
    const done = new Promise<void>((resolve) => {
      pages.subscribe((page) => texts.push(page.text()));
      pages.subscribe({ next: (page) => texts.push(page.text()), complete: resolve });
    });
    await done;
    expect(texts).toEqual(['1', '2']);
  });
});
