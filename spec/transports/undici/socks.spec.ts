import { Socks5ProxyAgent } from 'undici';
import { describe, expect, onTestFinished } from 'vitest';
import { undiciTransport } from '../../../lib/transports/undici/index.js';
import type { Transport } from '../../../lib/transports/transport.js';
import { selfSigned } from '../../support/certificate.js';
import { leavesNothingBehind } from '../../support/leaks.js';
import { failureOf, it, pageOf } from '../../support/net.js';
import { closedPort } from '../../support/servers.js';

leavesNothingBehind();

const tls = selfSigned({ hosts: ['inside.example'] });
const requestTls = { ca: tls.cert };

/** As the documents tell to do it. @param url of the SOCKS5 proxy */
function through(url: string): Transport {
  const options: Socks5ProxyAgent.Options & { readonly requestTls: object } = { requestTls }; // not in undici's types
  const dispatcher = new Socks5ProxyAgent(url, options);
  onTestFinished(() => dispatcher.destroy());
  return undiciTransport({ dispatcher });
}

const withCredentials = (url: string, credentials: string): string =>
  url.replace('://', `://${credentials}@`);

describe("undici's Socks5ProxyAgent as dispatcher", () => {
  it('fetches pages, and keeps its connection to each origin', async ({ net }) => {
    const server = await net.serve(({ url }, response) => response.end(url));
    const proxy = await net.serveSocks();
    const transport = through(proxy.url);
    for (const path of ['/1', '/2']) expect((await pageOf(transport, server.url + path)).text()).toBe(path);
    expect(proxy.asked).toEqual([`127.0.0.1:${server.port}`]);
  });

  it('leaves names to the proxy, and verifies certificates', async ({ net }) => {
    const plain = await net.serve(({ headers }, response) => response.end(headers.host));
    const secure = await net.serve((_request, response) => response.end('safe'), { tls });
    const lead = (authority: string): string =>
      `127.0.0.1:${authority.endsWith(':443') ? secure.port : plain.port}`;
    const proxy = await net.serveSocks({ lead });
    const transport = through(proxy.url);
    expect((await pageOf(transport, 'http://inside.example/')).text()).toBe('inside.example');
    expect((await pageOf(transport, 'https://inside.example/')).text()).toBe('safe');
    expect(proxy.asked).toEqual(['inside.example:80', 'inside.example:443']);
    const error = await failureOf(transport, 'https://other.example/');
    expect(error).toMatchObject({ kind: 'tls', code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  });

  it('shows the credentials of its URL to the proxy', async ({ net }) => {
    const server = await net.serve((_request, response) => response.end('page'));
    const proxy = await net.serveSocks({ credentials: 'me:p@ss' });
    const right = through(withCredentials(proxy.url, 'me:p%40ss'));
    expect((await pageOf(right, server.url)).text()).toBe('page');
    const wrong = [withCredentials(proxy.url, 'me:secret'), proxy.url];
    for (const url of wrong) {
      const error = await failureOf(through(url), server.url);
      expect(error).toMatchObject({ kind: 'proxy', retryable: false, phase: 'connect' });
      expect(error.message).not.toContain('secret');
    }
    expect(proxy.asked).toHaveLength(1);
  });

  it.for([
    [2, 'Connection not allowed by ruleset', false],
    [4, 'Host unreachable', true],
  ] as const)('fails by kind `proxy` where it replies %i: %s', async ([reply, told, retryable], { net }) => {
    const proxy = await net.serveSocks({ reply });
    const error = await failureOf(through(proxy.url), 'http://inside.example/');
    expect(error).toMatchObject({ kind: 'proxy', code: `UND_ERR_SOCKS5_REPLY_${reply}`, retryable });
    expect(error.message).toContain(told);
  });

  it('fails where nobody listens, by the address of the proxy', async () => {
    const port = await closedPort();
    const error = await failureOf(through(`socks5://127.0.0.1:${port}`), 'http://inside.example/');
    expect(error).toMatchObject({ kind: 'connect', retryable: true });
    expect(error.message).toContain(`connect ECONNREFUSED 127.0.0.1:${port}`);
  });
});

describe('proxy: a URL of SOCKS5', () => {
  it('is refused, and says what to do', () => {
    expect(() => undiciTransport({ proxy: 'socks5://me:secret@h:1', privateAddresses: 'allow' })).toThrow(
      'undiciTransport: the proxy "socks5://***@h:1" is neither http: nor https:; ' +
        "give undiciTransport a `dispatcher` for others, such as undici's Socks5ProxyAgent",
    );
  });
});
