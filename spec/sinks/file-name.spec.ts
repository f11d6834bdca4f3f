import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileNameOf } from '../../lib/sinks/file-name.js';

const hostile = [
  'http://h/..%2f..%2fetc/passwd',
  'http://h/%2e%2e/%2e%2e/',
  'http://h/a%00b',
  'http://h/%0a%1b[31m',
  'http://h/con',
  'http://h/NUL.txt',
  'http://con/aux.',
  'http://h/.htaccess',
  'http://h/a.',
  'http://h/a%20',
  'http://h/C:%5cwindows',
  'http://h//etc//',
  'http://h/x?a=/../b*c|d<e>"f',
  'http://h/東京%F0%9F%8E%89.html',
  'http://h/e%CC%81',
  'http://xn--1lqs71d/-rf',
  'http://[::1]/a',
  `http://h/${'long'.repeat(500)}.html`,
  `http://h/a.${'x'.repeat(300)}`,
  'http://h/a.tar.gz',
  'http://h/',
  'http://h/CON%2E.html;~$(rm)`x`',
];
const safe = /^[a-z0-9][a-z0-9-]*-[0-9a-f]{32}(\.[a-z0-9]{1,8})?$/;

describe('the name of a file for a URL', () => {
  it.each(hostile)('is safe on every file system: %s', (url) => {
    const name = fileNameOf({ url });
    expect(name).toMatch(safe);
    expect(name.length).toBeLessThan(130);
  });

  it('is safe whatever the URL', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(text, text, (pathname, search) => {
        const { href } = Object.assign(new URL('http://h/'), { pathname, search });
        expect(fileNameOf({ url: href })).toMatch(safe);
      }),
    );
  });

  it('can be read, and keeps the extension', () => {
    expect(fileNameOf({ url: 'https://example.org/a/Annual%20Report.PDF?v=1' })).toMatch(
      /^example-org-annual-report-[0-9a-f]{32}\.pdf$/,
    );
    expect(fileNameOf({ url: 'http://h/' })).toMatch(/^h-[0-9a-f]{32}$/);
  });

  it('is another one for every other URL, method or body, also where case is folded', () => {
    const requests = [
      ...hostile.map((url) => ({ url })),
      { url: 'http://h/a' },
      { url: 'http://h/A' },
      { url: 'http://h/a/' },
      { url: 'http://h/a?' },
      { url: 'https://h/a' },
      { url: 'http://h:81/a' },
      { url: 'http://h/a', method: 'POST' },
      { url: 'http://h/a', method: 'POST', body: 'x' },
      { url: 'http://h/a', method: 'POST', body: 'y' },
    ];
    const names = requests.map((request) => fileNameOf(request).toLowerCase());
    expect(new Set(names).size).toBe(requests.length - 1); // one of the hostile is `http://h/` with steps up
  });

  it('is the same one each time, without credentials and fragment', () => {
    expect(fileNameOf({ url: 'http://u:p@h/a#b', method: 'get' })).toBe(fileNameOf({ url: 'http://h/a' }));
  });
});
