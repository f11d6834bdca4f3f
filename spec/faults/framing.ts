import { all, fine, forEver, head, thenCloses, thenResets, thenWaits, type Faults } from './fault.js';

const chunked = head('Transfer-Encoding: chunked');

/** What goes wrong with where a body ends. */
export const framing: Faults = {
  ...all('protocol', {
    'has two lengths': thenCloses(head('Content-Length: 4', 'Content-Length: 5'), 'fine!'),
    'has length and chunks': thenCloses(
      head('Content-Length: 4', 'Transfer-Encoding: chunked'),
      '4\r\nfine\r\n0\r\n\r\n',
    ),
    'has a negative length': thenCloses(head('Content-Length: -4'), 'fine'),
    'has a length in words': thenCloses(head('Content-Length: four'), 'fine'),
    'has a length with a sign': thenCloses(head('Content-Length: +4'), 'fine'),
    'has a length in hexadecimal': thenCloses(head('Content-Length: 0x4'), 'fine'),
    'has a length beyond all numbers': thenCloses(head(`Content-Length: ${'9'.repeat(40)}`), 'fine'),
    'has a chunk size of letters': thenCloses(chunked, 'zz\r\nfine\r\n0\r\n\r\n'),
    'has a negative chunk size': thenCloses(chunked, '-4\r\nfine\r\n0\r\n\r\n'),
    'has a chunk size beyond all numbers': thenCloses(chunked, `${'f'.repeat(20)}\r\nfine\r\n0\r\n\r\n`),
    'has a chunk longer than it says': thenCloses(chunked, '2\r\nfine\r\n0\r\n\r\n'),
    'has a chunk shorter than it says': thenCloses(chunked, '6\r\nfine\r\n0\r\n\r\n'),
    'has a trailer that is none': thenCloses(chunked, '4\r\nfine\r\n0\r\nnonsense\r\n\r\n'),
    'has trailers without end': forEver(`${chunked}4\r\nfine\r\n0\r\n`, 'X: x\r\n'),
  }),
  ...all('network', {
    'closes before the length': thenCloses(head('Content-Length: 9'), 'fine'),
    'closes before a body with a length': thenCloses(head('Content-Length: 4')),
    'resets before the length': thenResets(head('Content-Length: 9'), 'fine'),
    'says close and cuts': thenCloses(head('Content-Length: 9', 'Connection: close'), 'fine'),
    'closes before the first chunk': thenCloses(chunked),
    'closes in a chunk size': thenCloses(chunked, '4\r\nfine\r\n3'),
    'closes in a chunk': thenCloses(chunked, '4\r\nfi'),
    'closes between chunks': thenCloses(chunked, '4\r\nfine\r\n'),
    'closes before the last line': thenCloses(chunked, '4\r\nfine\r\n0\r\n'),
    'resets in a chunk': thenResets(chunked, '4\r\nfi'),
  }),
  ...all('timeout', {
    'is silent before the length': thenWaits(head('Content-Length: 9'), 'fine'),
    'is silent in a chunk': thenWaits(chunked, '4\r\nfi'),
    'is silent before the last chunk': thenWaits(chunked, '4\r\nfine\r\n'),
    'is silent without length': thenWaits(head(), 'fine'),
    'has a chunk extension without end': forEver(`${chunked}4;`, 'x'), // no bytes of a body, no header
  }),
  ...all('page', {
    'has neither length nor chunks': thenCloses(head(), 'fine'),
    'has trailers': thenCloses(chunked, '4\r\nfine\r\n0\r\nX-Trailer: a\r\n\r\n'),
    'has chunk extensions': thenCloses(chunked, '4;a=b\r\nfine\r\n0;c\r\n\r\n'),
    'has a chunk for each byte': thenCloses(
      chunked,
      ...Array.from('fine', (byte) => `1\r\n${byte}\r\n`),
      '0\r\n\r\n',
    ),
    'goes on after the length': thenCloses(fine, 'and more than that'),
    'goes on after the last chunk': thenCloses(chunked, '4\r\nfine\r\n0\r\n\r\n', 'and more than that'),
    'sends a second response along': thenCloses(fine, fine.replace('fine', 'evil')),
    'sends a second response, and waits': thenWaits(fine, fine.replace('fine', 'evil')),
    'says close, and waits': thenWaits(head('Content-Length: 4', 'Connection: close'), 'fine'),
    'says keep-alive, and closes': thenCloses(head('Content-Length: 4', 'Connection: keep-alive'), 'fine'),
    'says keep-alive for no time, and waits': thenWaits(
      head('Content-Length: 4', 'Keep-Alive: timeout=0'),
      'fine',
    ),
    'says keep-alive, and resets': thenResets(head('Content-Length: 4', 'Connection: keep-alive'), 'fine'),
  }),
  ...all(
    'page',
    {
      'has a body of 204': thenCloses(fine.replace('200 OK', '204 No Content')),
      'has a body of 304': thenCloses(fine.replace('200 OK', '304 Not Modified')),
      'has the length of 304, and waits': thenWaits(
        fine.replace('200 OK', '304 Not Modified').replace('fine', ''),
      ),
      'has an empty body': thenCloses(head('Content-Length: 0')),
      'has no body, and closes': thenCloses(head()),
    },
    { body: '' },
  ),
  ...all('page', { 'has a body of HEAD': thenCloses(fine) }, { body: '', method: 'HEAD' }),
  // undici takes the reset for the end
  ...all(['page', 'network'], { 'resets a body without length': thenResets(head(), 'fine') }),
  ...all(['page', 'protocol'], {
    'has the same length twice': thenCloses(head('Content-Length: 4', 'Content-Length: 4'), 'fine'),
    'has an encoding that is not chunks': thenCloses(head('Transfer-Encoding: gzip'), 'fine'),
    'has chunks twice': thenCloses(head('Transfer-Encoding: chunked, chunked'), '4\r\nfine\r\n0\r\n\r\n'),
  }),
};
