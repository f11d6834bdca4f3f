import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { all, drip, forEver, head, thenCloses, withBody, type Faults } from './fault.js';

const chunked = head('Transfer-Encoding: chunked');
const zeros = Buffer.alloc(50_000_000);
const gzip = 'Content-Encoding: gzip';
const text = gzipSync('fine'.repeat(1_000));
const wrongSum = Buffer.from(text).fill(1, text.length - 8, text.length - 4);

/** What goes wrong in a body. `maxBodyBytes` is a megabyte. */
export const bodies: Faults = {
  ...all('too-large', {
    'announces a gigabyte': thenCloses(head('Content-Length: 1000000000')),
    'has a body without end': forEver(head(), 'x'),
    'has chunks without end': forEver(chunked, '1\r\nx\r\n'),
    'has a chunk without end': forEver(`${chunked}ffffffff\r\n`, 'x'),
    'has a bomb of gzip': thenCloses(withBody(gzipSync(zeros), gzip)),
    'has a bomb of gzip in gzip': thenCloses(
      withBody(gzipSync(gzipSync(zeros)), 'Content-Encoding: gzip, gzip'),
    ),
    'has a bomb of deflate': thenCloses(withBody(deflateSync(zeros), 'Content-Encoding: deflate')),
    'has a bomb of br': thenCloses(withBody(brotliCompressSync(zeros), 'Content-Encoding: br')),
  }),
  ...all('decode', {
    'says gzip of text': thenCloses(withBody('fine', gzip)),
    'says br of text': thenCloses(withBody('fine fine fine', 'Content-Encoding: br')),
    'says deflate of text': thenCloses(withBody('fine', 'Content-Encoding: deflate')),
    'says br of gzip': thenCloses(withBody(text, 'Content-Encoding: br')),
    'says gzip twice of gzip': thenCloses(withBody(text, 'Content-Encoding: gzip, gzip')),
    'has half of a gzip': thenCloses(withBody(text.subarray(0, text.length >> 1), gzip)),
    'has the head of a gzip': thenCloses(withBody(text.subarray(0, 10), gzip)),
    'has a gzip with the wrong sum': thenCloses(withBody(wrongSum, gzip)),
    'says gzip twenty times': thenCloses(withBody(text, `Content-Encoding: ${'gzip, '.repeat(19)}gzip`)),
  }),
  ...all('timeout', {
    'drips its body': drip(head('Content-Length: 1000'), 'x'),
    'drips its chunks': drip(chunked, '1\r\nx\r\n'),
    'drips without length': drip(head(), 'x'),
  }),
  ...all('page', {
    'has an encoding that nobody knows': thenCloses(withBody('fine', 'Content-Encoding: nonsense')),
    'has a charset that nobody knows': thenCloses(
      withBody('fine', 'Content-Type: text/html; charset=nonsense'),
    ),
    'lies about its range': thenCloses(withBody('fine', 'Content-Range: bytes 900-100/5')),
    'is partial unasked': thenCloses(
      String(withBody('fine', 'Content-Range: bytes 0-3/4')).replace('200', '206'),
    ),
  }),
  ...all('page', { 'says gzip of nothing': thenCloses(withBody('', gzip)) }, { body: '' }),
};
