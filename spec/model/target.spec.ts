import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FetchError } from '../../lib/model/fetch-error.js';
import { parseTarget, quote, subjectOf } from '../../lib/model/target.js';

function errorOf(input: string | URL): FetchError {
  try {
    parseTarget(input);
  } catch (error) {
    if (error instanceof FetchError) return error;
  }
  throw new Error(`expected ${JSON.stringify(input)} to be refused with a FetchError`);
}

describe('parseTarget', () => {
  it.each([
    ['http://host', 'http://host', '/'],
    ['https://host/', 'https://host', '/'],
    ['https://HOST:443/A', 'https://host', '/A'],
    ['http://host:8080/a/b?c=d&e', 'http://host:8080', '/a/b?c=d&e'],
    ['http://host?q', 'http://host', '/?q'],
    ['http://[::1]:81/x', 'http://[::1]:81', '/x'],
    ['http://127.1/', 'http://127.0.0.1', '/'],
    ['http://bücher.example/ü?ß', 'http://xn--bcher-kva.example', '/%C3%BC?%C3%9F'],
    ['http://host/a/../b', 'http://host', '/b'],
    [' http://host/a b ', 'http://host', '/a%20b'],
    ['http:host/a', 'http://host', '/a'],
  ])('takes %j apart into %j and %j', (url, origin, path) => {
    expect(parseTarget(url)).toEqual({ origin, path, href: origin + path });
  });

  it('reads a URL object as it reads its text', () => {
    expect(parseTarget(new URL('http://u:p@host/a?b#c'))).toEqual(parseTarget('http://u:p@host/a?b#c'));
  });

  it.each(['http://host/a?b#c', 'http://host/a?b#', 'http://host/a?b#c#d?e', 'http://u@host/a?b#c'])(
    'leaves the fragment of %j out',
    (url) => {
      expect(parseTarget(url).path).toBe('/a?b');
    },
  );

  it.each([
    ['http://user:pass@host/', 'user:pass'],
    ['http://user@host/', 'user:'],
    ['http://:pass@host/', ':pass'],
    ['http://us%40er:p%3Ass%2F@host/', 'us@er:p:ss/'],
    ['http://us er:pä@host/', 'us er:pä'],
    ['http://user:100%@host/', 'user:100%'],
    ['http://user:%ff@host/', 'user:%ff'],
    ['http://a@b:c@d@host/', 'a@b:c@d'],
  ])('reads the credentials of %j as %j', (url, credentials) => {
    const target = parseTarget(url);
    expect(target).toEqual({ origin: 'http://host', path: '/', href: 'http://host/', credentials });
  });

  it.each(['http://@host/', 'http://:@host/'])('finds no credentials in %j', (url) => {
    expect(parseTarget(url)).toEqual({ origin: 'http://host', path: '/', href: 'http://host/' });
  });

  it.each([
    'ftp://host/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'data:,x',
    'ws://host/',
    'blob:http://host/x',
  ])('refuses the scheme of %j and names it', (url) => {
    const error = errorOf(url);
    expect(error.kind).toBe('invalid');
    expect(error.retryable).toBe(false);
    expect(error.message).toBe(
      `The scheme of "${url}" is not supported: expected http: or https:, got ${new URL(url).protocol}`,
    );
  });

  it.each(['localhost:3000', 'example.org:8080/a', 'my-host:1?q'])(
    'takes %j for a host and a port',
    (text) => {
      expect(errorOf(text).message).toContain(`; did you mean "http://${text}"?`);
    },
  );

  it.each([
    ['', '"" is not an absolute URL: it is empty'],
    ['  \t', '"  \\t" is not an absolute URL: it is empty'],
    [
      'example.org/a',
      '"example.org/a" is not an absolute URL: it has no scheme; did you mean "https://example.org/a"?',
    ],
    [
      'p/q@example.org',
      '"***@example.org" is not an absolute URL: it has no scheme; did you mean "https://***@example.org/"?',
    ],
    ['"http://h/a"', '"\\"http://h/a\\"" is not an absolute URL: it begins with a quote'],
    ["'http://h/a'", `"'http://h/a'" is not an absolute URL: it begins with a quote`],
    ['/a', '"/a" is not an absolute URL: it is relative'],
    ['?a', '"?a" is not an absolute URL: it is relative'],
    ['//host/a', '"//host/a" is not an absolute URL: it is relative'],
    ['http://', '"http://" is not an absolute URL: its host or port is not valid'],
    ['http://host:99999/', '"http://host:99999/" is not an absolute URL: its host or port is not valid'],
    ['https://a b/', '"https://a b/" is not an absolute URL: its host or port is not valid'],
    ['http://[::1/', '"http://[::1/" is not an absolute URL: its host or port is not valid'],
  ])('says of %j: %s', (text, message) => {
    const error = errorOf(text);
    expect(error).toMatchObject({ kind: 'invalid', retryable: false, message });
    expect(error.cause).toBeUndefined();
  });

  it('cuts what is long', () => {
    const error = errorOf(`nonsense ${'x'.repeat(10_000)}`);
    expect(error.message.length).toBeLessThan(600);
    expect(error.message).toContain('…');
  });

  it('gives back the URL it was given, without credentials and fragment', () => {
    fc.assert(
      fc.property(fc.webUrl({ withFragments: true, withQueryParameters: true }), (text) => {
        const url = new URL(text);
        url.hash = '';
        expect(parseTarget(text).href).toBe(url.href);
      }),
    );
  });

  it('reads what follows an origin it has met as the URL parser does', () => {
    const origins = ['http://host', 'https://host:8443', 'http://127.0.0.1:8080', 'http://[::1]'];
    for (const origin of origins) parseTarget(`${origin}/`); // now it has met them
    const piece = fc.oneof(
      fc.constantFrom(
        '/',
        '.',
        '..',
        '%2e',
        '%2E',
        '%',
        '?',
        '#',
        '\\',
        '@',
        ':',
        ' ',
        '\t',
        "'",
        '"',
        '^',
        '|',
        'é',
      ),
      fc.string({ maxLength: 3 }),
    );
    const path = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(fc.constantFrom(...origins), fc.constantFrom('/', ''), path, (origin, slash, tail) => {
        const text = origin + slash + tail;
        if (!URL.canParse(text)) return;
        const url = new URL(text);
        if (url.username + url.password !== '') return;
        url.hash = '';
        expect(parseTarget(text)).toEqual({
          origin: url.origin,
          path: url.href.slice(url.origin.length),
          href: url.href,
        });
      }),
      { numRuns: 5_000 },
    );
  });

  it('forgets origins when it has met ten thousand', () => {
    for (let port = 1; port <= 10_001; port++) parseTarget(`http://host:${port}/`);
    expect(parseTarget('http://host:1/a').path).toBe('/a');
  });
});

describe('a password in a URL', () => {
  const secret = 'S3cr3t';
  /** Text of any kind with the secret in it; a username before it is none. */
  const password = fc
    .tuple(fc.string({ unit: 'binary', maxLength: 10 }), fc.string({ unit: 'binary', maxLength: 10 }))
    .map(([before, after]) => `${before}${secret}${after}`);
  const username = fc.string({ unit: 'binary', maxLength: 10 });
  const opening = fc.constantFrom(
    ...['http://', 'https://', 'ftp://', 'foo://', '//', '', 'http:', 'https:\\\\', 'http:/\n/', ' http://'],
    ...['mailto:', 'ws:', 'http:///', 'blob:http://', 'view-source:http://'],
  );
  const rest = fc.constantFrom(
    ...['host/', 'host', 'host:99999/', 'ho st/', '[::1', '', 'host/a?b#c', 'host/p@th', 'h%zz/', '/'],
  );
  const url = fc
    .tuple(opening, username, password, rest)
    .map(([start, user, pass, end]) => `${start}${user}:${pass}@${end}`);

  it('never shows in the message of the error, its JSON or its stack', () => {
    fc.assert(
      fc.property(url, (text) => {
        let error: unknown;
        try {
          parseTarget(text);
        } catch (thrown) {
          error = thrown;
        }
        fc.pre(error !== undefined);
        expect(error).toBeInstanceOf(FetchError);
        expect((error as FetchError).message).not.toContain(secret);
        expect((error as FetchError).stack).not.toContain(secret);
        expect(JSON.stringify(error)).not.toContain(secret);
        expect((error as FetchError).cause).toBeUndefined();
      }),
      { numRuns: 2_000 },
    );
  });

  it('never shows in the URL of a target', () => {
    fc.assert(
      fc.property(username, password, (user, pass) => {
        const text = `http://${encodeURIComponent(user)}:${encodeURIComponent(pass)}@host/a`;
        const target = parseTarget(text);
        expect(target.href).toBe('http://host/a');
        expect(target.credentials).toBe(`${user}:${pass}`);
      }),
    );
  });
});

describe('quote', () => {
  it.each([
    ['plain', '"plain"'],
    ['say "hi"\n', '"say \\"hi\\"\\n"'],
    ['https://u:p@host/a@b', '"https://***@host/a@b"'],
    ['https://host/@user/post@2?x=@#@', '"https://host/@user/post@2?x=@#@"'],
    ['ftp://u:p@host/', '"ftp://***@host/"'],
    ['//u:p@host/', '"//***@host/"'],
    ['u:p@host', '"u:***@host"'],
    ['http://u:p/q@host:x/', '"http://***@host:x/"'],
    ['x y@z@w', '"***@w"'],
  ])('shows %j as %s', (text, shown) => {
    expect(quote(text)).toBe(shown);
  });

  it('shows 200 characters and no more', () => {
    expect(quote('x'.repeat(200))).toBe(`"${'x'.repeat(200)}"`);
    expect(quote('x'.repeat(201))).toBe(`"${'x'.repeat(200)}…"`);
  });

  it('hides credentials before it cuts', () => {
    expect(quote(`http://u:${'p'.repeat(300)}@host:x/`)).toBe('"http://***@host:x/"');
  });
});

describe('subjectOf', () => {
  it.each([
    [{ url: 'http://host' }, 'GET http://host/'],
    [{ url: new URL('http://host/a?b#c'), method: 'post' }, 'POST http://host/a?b'],
    [{ url: 'http://user:pass@host/' }, 'GET http://host/'],
    [{ url: 'nonsense', method: 'PUT' }, 'PUT "nonsense"'],
    [{ url: 'ftp://user:pass@host/' }, 'GET "ftp://***@host/"'],
  ])('shows %j as %s', (request, subject) => {
    expect(subjectOf(request)).toBe(subject);
  });

  it.each([
    ['a getter throws', Object.defineProperty({ url: '' }, 'url', { get: refuses })],
    ['the URL cannot be printed', { url: { toString: refuses } as unknown as URL }],
    ['the method is no string', { url: 'http://host/', method: 5 as unknown as string }],
  ])('survives that %s', (_what, request) => {
    expect(subjectOf(request)).toBe('A request that cannot be read');
  });
});

function refuses(): never {
  throw new Error('no');
}
