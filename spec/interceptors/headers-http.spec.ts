import { describe, expect } from 'vitest';
import { coalesce } from '../../lib/interceptors/coalesce.js';
import { basicAuth, bearer, userAgent } from '../../lib/interceptors/headers/index.js';
import { fetchAll, redirectTo, site } from '../support/sites.js';
import { it } from '../support/wire.js';

describe.each([
  ['basicAuth', (origin: string) => basicAuth('user', 'pass', { origin }), 'Basic dXNlcjpwYXNz'],
  ['bearer', (origin: string) => bearer('123', { origin }), 'Bearer 123'],
])('%s, over sockets', (_, make, value) => {
  it('stays with redirects in its origin', async ({ wire }) => {
    const a = await site(wire, 'authorization', { '/1': redirectTo('/2'), '/2': redirectTo('/3', {}, 307) });
    await fetchAll(wire, [`${a.url}/1`], [make(a.url)]);
    expect(a.asked).toEqual([`/1 ${value}`, `/2 ${value}`, `/3 ${value}`]);
  });

  it('is left behind by a redirect to another origin, and on the way back', async ({ wire }) => {
    for (const status of [301, 302, 303, 307, 308]) {
      const urls: string[] = [];
      const b = await site(
        wire,
        'authorization',
        { '/b': (request, response) => redirectTo(`${urls[0]}/back`, {}, status)(request, response) },
        { host: '127.0.0.2' },
      );
      const a = await site(wire, 'authorization', { '/a': redirectTo(`${b.url}/b`, {}, status) });
      urls.push(a.url);
      const [record] = await fetchAll(wire, [`${a.url}/a`], [make(a.url)]);
      expect(record?.ok).toBe(true);
      expect([...a.asked, ...b.asked]).toEqual([`/a ${value}`, '/back -', '/b -']);
    }
  });

  it('is left behind at another port of the host', async ({ wire }) => {
    const b = await site(wire, 'authorization');
    const a = await site(wire, 'authorization', { '/a': redirectTo(`${b.url}/b`) });
    await fetchAll(wire, [`${a.url}/a`], [coalesce(), make(a.url)]);
    expect([...a.asked, ...b.asked]).toEqual([`/a ${value}`, '/b -']);
  });

  it('is sent to nobody whom a redirect leads to it: only who asks its origin', async ({ wire }) => {
    const a = await site(wire, 'authorization');
    const b = await site(wire, 'authorization', { '/b': redirectTo(`${a.url}/a`) }, { host: '127.0.0.2' });
    await fetchAll(wire, [`${b.url}/b`, `${a.url}/a`], [make(a.url)]);
    expect(b.asked).toEqual(['/b -']);
    expect(a.asked).toEqual(['/a -', `/a ${value}`]);
  });
});

describe('userAgent, over sockets', () => {
  it('goes along with redirects to other origins', async ({ wire }) => {
    const b = await site(wire, 'user-agent', {}, { host: '127.0.0.2' });
    const a = await site(wire, 'user-agent', { '/a': redirectTo(`${b.url}/b`) });
    await fetchAll(wire, [`${a.url}/a`], [userAgent('ExampleBot/1.0')]);
    expect([...a.asked, ...b.asked]).toEqual(['/a ExampleBot/1.0', '/b ExampleBot/1.0']);
  });
});
