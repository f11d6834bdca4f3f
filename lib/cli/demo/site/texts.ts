import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';

export type Charset = 'utf-8' | 'windows-1252' | 'shift_jis';
export type Coding = 'identity' | 'gzip' | 'deflate' | 'br';

/** Words that tell the charsets apart: read with the wrong one, they come out as something else. */
const vocabulary: Readonly<Record<Charset, readonly string[]>> = {
  'utf-8': ['sluice', 'écluse', 'шлюз', '水門', 'gate', '🌊', 'stream', 'water', '<p>', 'lock'],
  'windows-1252': ['sluice', 'écluse', '“gate”', '€ 5', 'Straße', 'stream', 'water', '<p>', 'lock'],
  shift_jis: ['sluice', '水門', '川', 'gate', '水', 'stream', '門', 'water', '<p>', 'lock'],
};

/** The bytes of what Latin-1 does not have. */
const beyondLatin1: Readonly<Record<Exclude<Charset, 'utf-8'>, Readonly<Record<string, string>>>> = {
  'windows-1252': { '€': '\x80', '“': '\x93', '”': '\x94' },
  shift_jis: { 水: '\x90\x85', 門: '\x96\xe5', 川: '\x90\xec' },
};

/** An HTML page of about `length` characters; the same for the same arguments. */
export function writePage(charset: Charset, length: number, seed: number): string {
  const words = vocabulary[charset];
  let random = seed;
  let text = `<!doctype html><meta charset="${charset}"><title>Page ${seed}</title>\n`;
  while (text.length < length) {
    random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0; // Numerical Recipes' generator
    text += `${words[(random >>> 16) % words.length] ?? ''} `;
  }
  return text;
}

/** Shift_JIS is named by the page's `<meta>` alone, as on many old pages. */
export function contentType(charset: Charset): string {
  return charset === 'shift_jis' ? 'text/html' : `text/html; charset=${charset}`;
}

/** Text to bytes; of windows-1252 and Shift_JIS it knows what `writePage` writes. */
export function encodeText(text: string, charset: Charset): Buffer {
  if (charset === 'utf-8') return Buffer.from(text);
  const bytes = beyondLatin1[charset];
  return Buffer.from(
    text.replace(/[^\n -ÿ]/g, (character) => bytes[character] ?? '?'),
    'latin1',
  );
}

/** Content-Encoding, done to the bytes. */
export function encodeContent(bytes: Buffer, coding: Coding): Buffer {
  switch (coding) {
    case 'identity':
      return bytes;
    case 'gzip':
      return gzipSync(bytes);
    case 'deflate':
      return deflateSync(bytes);
    case 'br':
      return brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } });
  }
}
