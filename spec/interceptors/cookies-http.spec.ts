import { CookieJar } from 'tough-cookie';
import { Agent } from 'undici';
import { describe, expect } from 'vitest';
import { cookies } from '../../lib/interceptors/cookies/index.js';
import { undiciTransport } from '../../lib/transports/undici/index.js';
import { selfSigned } from '../support/certificate.js';
import { fetchAll, redirectTo, site, withHeaders } from '../support/sites.js';
import { it } from '../support/wire.js';

const setting = (cookie: string | string[]) => ({ 'set-cookie': cookie });

describe('cookies, over sockets', () => {
  it('keeps those that redirects set, and sends them to the hops that may have them', async ({ wire }) => {
    const b = await site(
      wire,
      'cookie',
      { '/b': redirectTo('/home', setting(['b=2', 'a=3'])) },
      { host: '127.0.0.2' },
    );
    const a = await site(wire, 'cookie', {
      '/login': redirectTo('/home', setting('a=1; Path=/')),
      '/away': redirectTo(`${b.url}/b`),
      '/logout': redirectTo('/home', setting('a=; Path=/; Max-Age=0')),
    });
    const urls = [`${a.url}/login`, `${a.url}/away`, `${a.url}/home`, `${a.url}/logout`];
    const records = await fetchAll(wire, urls, [cookies()]);
    expect(records.map(({ ok }) => ok)).toEqual([true, true, true, true]);
    expect(a.asked).toEqual(['/login -', '/home a=1', '/away a=1', '/home a=1', '/logout a=1', '/home -']);
    expect(b.asked).toEqual(['/b -', '/home b=2; a=3']);
  });

  it("leaves the caller's own behind where a redirect leaves its origin, for good", async ({ wire }) => {
    const urls: string[] = [];
    const b = await site(
      wire,
      'cookie',
      { '/': (request, response) => redirectTo(`${urls[0]}/back`)(request, response) },
      { host: '127.0.0.2' },
    );
    const a = await site(wire, 'cookie', {
      '/': redirectTo('/step', setting('jar=1; Path=/')),
      '/step': redirectTo(`${b.url}/`),
    });
    urls.push(a.url);
    await fetchAll(wire, [{ url: `${a.url}/`, headers: { cookie: 'own=1' } }], [cookies()]);
    expect(a.asked).toEqual(['/ own=1', '/step own=1; jar=1', '/back jar=1']);
    expect(b.asked).toEqual(['/ -']);
  });

  it('keeps two accounts apart, and two instances of one jar together', async ({ wire }) => {
    const a = await site(wire, 'cookie', { '/in': withHeaders(setting('id=1; Path=/')) });
    const jar = new CookieJar();
    await fetchAll(wire, [`${a.url}/in`], [cookies({ jar })]);
    await fetchAll(wire, [`${a.url}/home`], [cookies()]);
    await fetchAll(wire, [`${a.url}/home`], [cookies({ jar })]);
    await fetchAll(wire, [`${a.url}/home`], [cookies(), cookies({ jar })]);
    expect(a.asked).toEqual(['/in -', '/home -', '/home id=1', '/home id=1']);
  });

  it('lets two of them see each hop', async ({ wire }) => {
    const a = await site(wire, 'cookie', { '/in': redirectTo('/home', setting('id=1; Path=/')) });
    const jars = [new CookieJar(), new CookieJar()];
    await fetchAll(
      wire,
      [`${a.url}/in`],
      jars.map((jar) => cookies({ jar })),
    );
    expect(jars.map((jar) => jar.getCookieStringSync(a.url))).toEqual(['id=1', 'id=1']);
    expect(a.asked).toEqual(['/in -', '/home id=1']);
  });

  it('sends a Secure cookie over TLS alone', async ({ wire }) => {
    const secure = await site(
      wire,
      'cookie',
      { '/in': withHeaders(setting(['s=1; Secure; Path=/', 'p=2; Path=/'])) },
      { tls: selfSigned() },
    );
    const plain = await site(wire, 'cookie'); // the same host: cookies know no ports
    const agent = new Agent({ connect: { rejectUnauthorized: false } });
    const jar = new CookieJar(undefined, { allowSecureOnLocal: false });
    const inputs = [`${secure.url}/in`, `${secure.url}/home`, `${plain.url}/home`];
    await fetchAll(wire, inputs, [cookies({ jar })], { transport: undiciTransport({ dispatcher: agent }) });
    await agent.close();
    expect(secure.asked).toEqual(['/in -', '/home s=1; p=2']);
    expect(plain.asked).toEqual(['/home p=2']);
  });

  it('sends a cookie back as it came, byte by byte', async ({ wire }) => {
    const a = await site(wire, 'cookie', {
      '/in': withHeaders(setting(['x="a,b c"; Path=/', 'y=caf\xe9; Path=/'])),
    });
    await fetchAll(wire, [`${a.url}/in`, `${a.url}/home`], [cookies()]);
    expect(a.asked).toEqual(['/in -', '/home x="a,b c"; y=caf\xe9']);
  });
});
