import type { TlsOptions } from 'node:tls';
import { describe, expect } from 'vitest';
import { failureOf as failureIn } from '../../../lib/transports/undici/exchange-failure.js';
import { undiciTransport, type UndiciTransportOptions } from '../../../lib/transports/undici/index.js';
import { authority, selfSigned, type Certificate } from '../../support/certificate.js';
import { leavesNothingBehind } from '../../support/leaks.js';
import { failureOf, it, pageOf, type Net } from '../../support/net.js';
import type { TestServer } from '../../support/servers.js';

leavesNothingBehind();

const ca = authority('Home-made CA');

const serveTls = (net: Net, tls: TlsOptions): Promise<TestServer> =>
  net.serve((_request, response) => response.end('safe'), { tls });

describe('a certificate that is not trusted', () => {
  it.for<[why: string, Certificate, UndiciTransportOptions, code: string, toldAs: RegExp]>([
    [
      'has expired',
      selfSigned({ issuer: ca, notBefore: new Date('2001-01-01'), notAfter: new Date('2002-01-01') }),
      { ca: ca.cert },
      'CERT_HAS_EXPIRED',
      /the certificate has expired: its owner must renew it/,
    ],
    [
      'is not valid yet',
      selfSigned({ issuer: ca, notBefore: new Date(Date.now() + 86_400_000) }),
      { ca: ca.cert },
      'CERT_NOT_YET_VALID',
      /the certificate is not valid yet: is the clock here slow\?/,
    ],
    [
      'is signed by itself',
      selfSigned(),
      {},
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      /the certificate is signed by itself: if it is meant, give it to `ca` of undiciTransport/,
    ],
    [
      'is of a CA that nobody knows',
      selfSigned({ issuer: ca }),
      {},
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      /the issuer of the certificate is not known here: .* `ca` of undiciTransport/,
    ],
    [
      'comes with a CA that nobody knows',
      (({ key, cert }) => ({ key, cert: cert + ca.cert }))(selfSigned({ issuer: ca })),
      {},
      'SELF_SIGNED_CERT_IN_CHAIN',
      /the issuer of the certificate is not known here/,
    ],
    [
      'is of another host',
      selfSigned({ issuer: ca, hosts: ['other.example'] }),
      { ca: ca.cert },
      'ERR_TLS_CERT_ALTNAME_INVALID',
      /the certificate is for "DNS:other\.example", not for 127\.0\.0\.1: ask for the host by a name that the certificate has, or set `servername`/,
    ],
  ])('because it %s', async ([, tls, options, code, toldAs], { net }) => {
    const server = await serveTls(net, tls);
    const error = await failureOf(undiciTransport(options), server.url);
    expect(error).toMatchObject({ kind: 'tls', code, phase: 'connect', retryable: false });
    expect(error.message).toMatch(toldAs);
    expect(error.message.startsWith(`GET ${server.url}/: `)).toBe(true);
    expect(error.message.endsWith(`(${code})`)).toBe(true);
    expect(error.cause).toMatchObject({ code });
  });
});

describe('undiciTransport', () => {
  it('trusts the CAs that it is told of, in place of others', async ({ net }) => {
    const server = await serveTls(net, selfSigned({ issuer: ca }));
    const other = authority('Another CA');
    expect((await pageOf(undiciTransport({ ca: [other.cert, ca.cert] }), server.url)).text()).toBe('safe');
    expect((await failureOf(undiciTransport({ ca: other.cert }), server.url)).kind).toBe('tls');
  });

  it('shows its certificate to a server that asks for one', async ({ net }) => {
    const server = await serveTls(net, {
      ...selfSigned({ issuer: ca }),
      ca: ca.cert,
      requestCert: true,
      rejectUnauthorized: true,
    });
    const mine = selfSigned({ issuer: ca, hosts: [], name: 'client' });
    expect((await pageOf(undiciTransport({ ca: ca.cert, ...mine }), server.url)).text()).toBe('safe');
    const error = await failureOf(undiciTransport({ ca: ca.cert }), server.url);
    expect(error).toMatchObject({ kind: 'network', phase: 'headers' }); // a server of Node hangs up without a word
  });

  it('says so where a server tells that it wants one', () => {
    const code = 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED';
    const error = failureIn(Object.assign(new Error('alert number 116'), { code }), 'GET /', 'headers');
    expect(error).toMatchObject({ kind: 'tls', code, phase: 'headers', retryable: false });
    expect(error.message).toBe(
      `GET /: the server asks for a certificate of yours: give \`cert\` and \`key\` to undiciTransport (${code})`,
    );
  });

  it('greets servers by the name it is told, and looks for that in their certificates', async ({ net }) => {
    const greeted: string[] = [];
    const server = await serveTls(net, {
      ...selfSigned({ issuer: ca, hosts: ['inside.example'] }),
      SNICallback: (name, done) => {
        greeted.push(name);
        done(null);
      },
    });
    const options = { ca: ca.cert, servername: 'inside.example' };
    expect((await pageOf(undiciTransport(options), server.url)).text()).toBe('safe');
    expect(greeted).toEqual(['inside.example']);
    const error = await failureOf(undiciTransport({ ...options, servername: 'other.example' }), server.url);
    expect(error).toMatchObject({ kind: 'tls', code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  });

  it('verifies every certificate but those of `insecureHosts`, which it warns of once', async ({ net }) => {
    const warnings: Error[] = [];
    const listen = (warning: Error): unknown => warnings.push(warning);
    process.on('warning', listen);
    const [server, other] = [await serveTls(net, selfSigned()), await serveTls(net, selfSigned())];
    const transport = undiciTransport({ insecureHosts: [`127.0.0.1:${server.port}`] });
    expect((await pageOf(transport, server.url)).text()).toBe('safe');
    expect((await pageOf(transport, server.url)).text()).toBe('safe');
    expect((await failureOf(transport, other.url)).kind).toBe('tls');
    expect((await failureOf(undiciTransport(), server.url)).kind).toBe('tls');
    process.off('warning', listen);
    expect(warnings).toMatchObject([{ name: 'SluiceWarning', code: 'SLUICE_INSECURE_HOSTS' }]);
    expect(warnings[0]?.message).toContain(`TLS certificates of 127.0.0.1:${server.port} are not verified`);
  });

  it('takes an insecure host without a port for that of https:', async ({ net }) => {
    const server = await serveTls(net, selfSigned());
    const transport = undiciTransport({ insecureHosts: ['127.0.0.1'] });
    expect((await failureOf(transport, server.url)).kind).toBe('tls');
  });
});
