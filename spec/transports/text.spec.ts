import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FetchedPage, noRedirects } from '../../lib/transports/fetched-page.js';
import { decodeText } from '../../lib/transports/text.js';

/** Bytes from text, one for each character. */
const latin1 = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const utf8 = (text: string): Uint8Array => Buffer.from(text, 'utf8');
const utf16le = (text: string): Uint8Array => Buffer.from(text, 'utf16le');
const utf16be = (text: string): Uint8Array => Buffer.from(text, 'utf16le').swap16();
const bytes = (...list: number[]): Uint8Array => Uint8Array.from(list);
const join = (...parts: Uint8Array[]): Uint8Array => Buffer.concat(parts);

describe('decodeText', () => {
  it.each([
    undefined,
    '',
    'text/plain',
    'text/html',
    'application/json',
    'application/octet-stream',
    ';',
    'nonsense',
  ])('reads UTF-8 where nothing says otherwise (Content-Type %j)', (type) => {
    expect(decodeText(utf8('naïve – 東京 – 🎉'), type)).toBe('naïve – 東京 – 🎉');
  });

  it('reads any text back from its UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(decodeText(utf8(text), 'text/plain')).toBe(text.replace(/^\uFEFF/, ''));
      }),
    );
  });

  it('puts U+FFFD where bytes are not valid', () => {
    expect(decodeText(bytes(0x61, 0xff, 0x62), 'text/plain')).toBe('a\uFFFDb');
  });

  it.each([
    ...['utf-8', 'utf-16be', 'utf-16le', 'shift_jis', 'euc-jp', 'iso-2022-jp', 'gb18030', 'big5', 'euc-kr'],
    ...[
      'windows-874',
      'x-mac-cyrillic',
      'x-user-defined',
      'iso-2022-kr',
      'replacement',
      'utf-7',
      'utf-32',
      'a"b',
    ],
  ])('never throws, whatever comes as %s', (charset) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (body) => {
        expect(typeof decodeText(body, `text/html; charset=${charset}`)).toBe('string');
      }),
      { numRuns: 50 },
    );
  });

  describe('by the charset of Content-Type', () => {
    it.each([
      ['text/html; charset=windows-1252', bytes(0x80, 0x93, 0x94, 0xe9), '€“”é'],
      ['text/html; charset=iso-8859-1', bytes(0x80, 0x93, 0xe9), '€“é'], // a browser reads windows-1252
      ['text/html; charset=us-ascii', bytes(0x93, 0xe9), '“é'],
      ['text/html; charset=iso-8859-15', bytes(0xa4), '€'],
      ['text/html; charset=windows-1251', bytes(0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2), 'Привет'],
      ['text/html; charset=koi8-r', bytes(0xf0, 0xd2, 0xc9, 0xd7, 0xc5, 0xd4), 'Привет'],
      ['text/html; charset=Shift_JIS', bytes(0x93, 0xfa, 0x96, 0x7b, 0xb6), '日本ｶ'],
      ['text/html; charset=ISO-2022-JP', latin1('\x1b$BF|K\\\x1b(B'), '日本'],
      ['text/html; charset=EUC-JP', bytes(0xc6, 0xfc, 0xcb, 0xdc), '日本'],
      ['text/html; charset=GB18030', bytes(0xc4, 0xe3, 0xba, 0xc3, 0x94, 0x39, 0xfc, 0x36), '你好😀'],
      ['text/html; charset=gb2312', bytes(0xc4, 0xe3, 0xba, 0xc3), '你好'],
      ['text/html; charset=Big5', bytes(0xa7, 0x41, 0xa6, 0x6e), '你好'],
      ['text/html; charset=EUC-KR', bytes(0xc7, 0xd1, 0xb1, 0xdb), '한글'],
      ['text/plain; charset=utf-16le', utf16le('hé東'), 'hé東'],
      ['text/plain; charset=utf-16be', utf16be('hé東'), 'hé東'],
      ['text/plain; charset=utf-16', utf16le('hé東'), 'hé東'],
      ['application/json; charset=latin1', bytes(0x22, 0xe9, 0x22), '"é"'],
    ])('%s', (type, body, text) => {
      expect(decodeText(body, type)).toBe(text);
    });

    it.each([
      'text/plain;charset=windows-1252',
      'text/plain ; charset = windows-1252',
      'text/plain; charset="windows-1252"',
      'text/plain; CharSet=WINDOWS-1252',
      'text/plain; format=flowed; charset=windows-1252; x=y',
      '; charset=windows-1252',
    ])('written as %j', (type) => {
      expect(decodeText(bytes(0x80), type)).toBe('€');
    });

    it.each([
      'text/plain; charset=no-such-thing',
      'text/plain; charset=',
      'text/plain; xcharset=windows-1252',
    ])('and by UTF-8 where that is no charset: %j', (type) => {
      expect(decodeText(utf8('é'), type)).toBe('é');
    });

    it('and by <meta> where that is no charset', () => {
      const body = join(latin1('<meta charset=windows-1252>'), bytes(0x80));
      expect(decodeText(body, 'text/html; charset=no-such-thing')).toBe('<meta charset=windows-1252>€');
    });
  });

  describe('by the byte-order mark, which goes before all else and is not part of the text', () => {
    it.each([
      ['UTF-8', join(bytes(0xef, 0xbb, 0xbf), utf8('é')), 'é'],
      ['UTF-16LE', join(bytes(0xff, 0xfe), utf16le('é東')), 'é東'],
      ['UTF-16BE', join(bytes(0xfe, 0xff), utf16be('é東')), 'é東'],
    ])('%s', (_name, body, text) => {
      expect(decodeText(body, 'text/html; charset=windows-1252')).toBe(text);
      expect(decodeText(body, 'application/json')).toBe(text);
      expect(decodeText(body)).toBe(text);
    });

    it('is taken off once', () => {
      expect(decodeText(utf8('\uFEFF\uFEFFa'))).toBe('\uFEFFa');
    });
  });

  describe('by <meta>', () => {
    const euro = bytes(0x80);
    const metas = [
      '<meta charset="windows-1252">',
      '<META CHARSET=windows-1252 />',
      `<meta charset='windows-1252'>`,
      '<meta http-equiv="Content-Type" content="text/html; charset=windows-1252">',
      '<meta content="text/html; charset=windows-1252" http-equiv=content-type>',
      '<!-- <meta charset=utf-8> --><title>x</title><meta charset=windows-1252>',
    ];

    it.each(metas)('%s in HTML', (meta) => {
      expect(decodeText(join(latin1(meta), euro), 'text/html')).toBe(`${meta}€`);
      expect(decodeText(join(latin1(meta), euro), 'TEXT/HTML; x=y')).toBe(`${meta}€`);
    });

    it.each(metas)('%s where no type is said', (meta) => {
      expect(decodeText(join(latin1(meta), euro))).toBe(`${meta}€`);
    });

    it('goes after the charset of Content-Type', () => {
      const body = utf8('<meta charset=windows-1252>é');
      expect(decodeText(body, 'text/html; charset=utf-8')).toBe('<meta charset=windows-1252>é');
    });

    it('reads what claims to be UTF-16 as UTF-8: it could be read so far', () => {
      expect(decodeText(utf8('<meta charset=utf-16>é'), 'text/html')).toBe('<meta charset=utf-16>é');
    });

    it('counts in the first 1024 bytes alone', () => {
      const late = `${' '.repeat(1024)}<meta charset=windows-1252>`;
      expect(decodeText(utf8(`${late}é`), 'text/html')).toBe(`${late}é`);
    });

    it.each([
      'text/plain',
      'application/json',
      'application/xml',
      'text/xml',
      'application/xhtml+xml',
      'image/svg+xml',
    ])('does not count in %s', (type) => {
      expect(decodeText(utf8('<meta charset=windows-1252>é'), type)).toBe('<meta charset=windows-1252>é');
    });
  });

  it('does not look at the encoding of an XML declaration', () => {
    const xml = '<?xml version="1.0" encoding="windows-1252"?><a>é</a>';
    expect(decodeText(utf8(xml), 'application/xml')).toBe(xml);
  });
});

describe('a fetched page', () => {
  const page = (body: Uint8Array, type?: string | string[]): FetchedPage =>
    new FetchedPage(
      'http://h/',
      noRedirects,
      200,
      type === undefined ? {} : { 'content-type': type },
      body,
      0,
    );

  it('reads its text by its own Content-Type', () => {
    expect(page(bytes(0x80), 'text/plain; charset=windows-1252').text()).toBe('€');
    expect(page(utf8('é')).text()).toBe('é');
  });

  it('goes by the first where Content-Type came more than once', () => {
    expect(page(bytes(0x80), ['text/plain; charset=windows-1252', 'text/plain; charset=utf-8']).text()).toBe(
      '€',
    );
    expect(page(utf8('é'), []).text()).toBe('é');
  });

  it.each([
    ['without a byte-order mark', utf8('{"a":["é",1,null]}')],
    ['with a byte-order mark', utf8('\uFEFF{"a":["é",1,null]}')],
    ['in UTF-16', utf16le('\uFEFF{"a":["é",1,null]}')],
  ])('parses JSON %s', (_what, body) => {
    expect(page(body, 'application/json').json()).toEqual({ a: ['é', 1, null] });
  });

  it.each(['', '{', 'undefined', '<html>'])('throws a SyntaxError where %j is not JSON', (text) => {
    expect(() => page(utf8(text), 'application/json').json()).toThrow(SyntaxError);
  });

  it('has no methods of its own, as a run keeps millions of pages', () => {
    expect(Object.keys(page(utf8(''))).sort()).toEqual(
      ['url', 'redirects', 'status', 'headers', 'body', 'encodedBytes'].sort(),
    );
  });
});
