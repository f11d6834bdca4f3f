import {
  all,
  drip,
  fine,
  forEver,
  head,
  thenCloses,
  thenResets,
  thenWaits,
  withBody,
  type Faults,
} from './fault.js';

const early = 'HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n';
const goOn = 'HTTP/1.1 100 Continue\r\n\r\n';

/** What goes wrong before the body. */
export const heads: Faults = {
  ...all('network', {
    'closes without an answer': thenCloses(),
    'resets without an answer': (socket) => socket.resetAndDestroy(),
    'closes in the version': thenCloses('HTTP/1'),
    'closes in the status': thenCloses('HTTP/1.1 20'),
    'resets in the status': thenResets('HTTP/1.1 20'),
    'closes after the status line': thenCloses('HTTP/1.1 200 OK\r\n'),
    'closes in a header name': thenCloses('HTTP/1.1 200 OK\r\nContent-Le'),
    'closes in a header value': thenCloses('HTTP/1.1 200 OK\r\nContent-Type: text/ht'),
    'resets in a header value': thenResets('HTTP/1.1 200 OK\r\nContent-Type: text/ht'),
    'closes before the blank line': thenCloses('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n'),
    'closes in the blank line': thenCloses('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r'),
    'closes after 103': thenCloses(early),
    // undici takes a 100 that was not asked for to be the end of the connection
    'says 100 first': thenCloses(goOn, fine),
    'says 100 without end': forEver('', goOn),
  }),
  ...all('protocol', {
    'answers in binary': thenCloses(Uint8Array.from({ length: 256 }, (_, byte) => byte)),
    'answers as HTTP 0.9': thenCloses('<html>fine</html>'),
    'answers with frames of HTTP 2': thenCloses(
      '\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x64',
    ),
    'answers as SSH': thenCloses('SSH-2.0-OpenSSH_9.2\r\n'),
    'answers in lower case': thenCloses(fine.replace('HTTP', 'http')),
    'answers as HTTP 9.9': thenCloses(fine.replace('1.1', '9.9')),
    'answers with a request': thenCloses('GET / HTTP/1.1\r\nHost: a\r\n\r\n'),
    'has a status of two digits': thenCloses(fine.replace('200', '20')),
    'has a status of zeros': thenCloses(fine.replace('200', '000')),
    'has a status below 100': thenCloses(fine.replace('200', '099')),
    'has a status of four digits': thenCloses(fine.replace('200', '2000')),
    'has a status of letters': thenCloses(fine.replace('200', 'abc')),
    'has NUL in a value': thenCloses(withBody('fine', 'X: a\0b')),
    'has NUL in a name': thenCloses(withBody('fine', 'X\0Y: a')),
    'has a header without colon': thenCloses(withBody('fine', 'nonsense')),
    'has a header without name': thenCloses(withBody('fine', ': a')),
    'has a blank before the colon': thenCloses(withBody('fine', 'X : a')),
    'has CR in a value': thenCloses(withBody('fine', 'X: a\rb')),
    'has one huge header': thenCloses(withBody('fine', `X: ${'x'.repeat(100_000)}`)),
    'has too many headers': thenCloses(withBody('fine', ...Array<string>(10_000).fill('X: a'))),
    'has a header without end': forEver('HTTP/1.1 200 OK\r\nX: ', 'x'),
    'has headers without end': forEver('HTTP/1.1 200 OK\r\n', 'X: x\r\n'),
  }),
  ...all('timeout', {
    'never answers': () => undefined,
    'is silent after the status line': thenWaits('HTTP/1.1 200 OK\r\n'),
    'drips its headers': drip('HTTP/1.1 200 OK\r\n', 'X: x\r\n'),
    'drips a header': drip('HTTP/1.1 200 OK\r\nX: ', 'x'),
    'has a reason without end': forEver('HTTP/1.1 200 ', 'x'), // llhttp counts headers alone
    'says 103 without end': forEver('', early),
    'says 102 and nothing else': thenWaits('HTTP/1.1 102 Processing\r\n\r\n'),
  }),
  ...all('page', {
    'has no reason': thenCloses(fine.replace(' OK', '')),
    'has an empty line before': thenCloses('\r\n', fine),
    'has bytes above ASCII in a value': thenCloses(withBody('fine', 'X: \xe4\xff')),
    'says 103 first': thenCloses(early, fine),
    'says 103 a thousand times': thenCloses(early.repeat(1_000), fine),
    'has all the headers twice': thenCloses(withBody('fine', 'X: a', 'X: b', 'Server: a', 'Server: b')),
  }),
  ...all(['page', 'protocol'], {
    'ends lines with LF': thenCloses(fine.replaceAll('\r\n', '\n')),
    'folds a header': thenCloses(withBody('fine', 'X: a\r\n b')),
    'begins with a folded line': thenCloses(head(' X: a')),
    'answers as ICY': thenCloses(fine.replace('HTTP/1.1', 'ICY')),
  }),
  'switches protocols unasked': {
    outcome: ['network', 'protocol', 'invalid'],
    answer: thenWaits(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n',
    ),
  },
};
