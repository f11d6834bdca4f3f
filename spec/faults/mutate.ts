import { gzipSync } from 'node:zlib';
import { fine, head, withBody } from './fault.js';

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
const chunked = head('Transfer-Encoding: chunked', 'Content-Type: text/html; charset=utf-8');

/** Responses as they should be. */
const sane: readonly Uint8Array[] = [
  bytes(fine),
  bytes(`${chunked}4\r\nfine\r\n3;a=b\r\n...\r\n0\r\nX-Trailer: a\r\n\r\n`),
  bytes(`${head('Connection: close')}fine, and until the end`),
  withBody(gzipSync('fine'.repeat(200)), 'Content-Encoding: gzip', 'Set-Cookie: a=b', 'Set-Cookie: c=d'),
  bytes(`HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${fine}`),
  bytes('HTTP/1.1 301 Moved\r\nLocation: /next\r\nContent-Length: 5\r\n\r\nmoved'),
  bytes('HTTP/1.0 404 Not Found\r\n\r\n<meta charset=koi8-r>'),
  bytes('HTTP/1.1 304 Not Modified\r\nETag: "a"\r\nContent-Length: 4\r\n\r\n'),
];

/** What the protocol is sensitive to. */
const spice = [
  '\r\n',
  '\n',
  '\r',
  '\0',
  ':',
  ' ',
  '0',
  '9',
  'f',
  ';',
  ',',
  '\x80',
  '\xff',
  '\r\n\r\n',
  'HTTP/1.1 ',
]
  .concat(
    'Content-Length: 9\r\n',
    'Transfer-Encoding: chunked\r\n',
    'Content-Encoding: br\r\n',
    '99999999999999999999',
  )
  .map(bytes);

/** A response as it should be, with up to five mistakes. */
export function mutated(random: () => number): Uint8Array {
  const any = (count: number): number => Math.floor(random() * count);
  let response = sane[any(sane.length)]!;
  for (let mistakes = any(6); mistakes > 0; mistakes--) {
    const at = any(response.length + 1);
    const until = Math.min(response.length, at + any(random() < 0.8 ? 6 : 200));
    const [before, piece, after] = [
      response.subarray(0, at),
      response.subarray(at, until),
      response.subarray(until),
    ];
    const insteadOf: readonly (() => readonly Uint8Array[])[] = [
      () => [], // left out
      () => [piece, piece], // twice
      () => [spice[any(spice.length)]!], // replaced
      () => [spice[any(spice.length)]!, piece], // preceded
      () => [piece.map((byte) => byte ^ (1 << any(8)))], // flipped
      () => [Uint8Array.from(piece, () => any(256))], // random
    ];
    response = Buffer.concat([before, ...insteadOf[any(insteadOf.length)]!(), after]);
  }
  return response;
}
