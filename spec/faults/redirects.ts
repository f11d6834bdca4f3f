import { all, fine, forEver, thenCloses, thenResets, type Fault, type Faults } from './fault.js';

const to = (...locations: string[]): string =>
  `HTTP/1.1 302 Found\r\nContent-Length: 0\r\n${locations.map((url) => `Location: ${url}\r\n`).join('')}\r\n`;

/** Each request is sent on to another URL. */
function away(): Fault['answer'] {
  let hops = 0;
  return (socket) => socket.end(to(`?${++hops}`));
}

/** What goes wrong on the way to another page. */
export const redirects: Faults = {
  ...all('redirect', {
    'redirects to itself': thenCloses(to('#')),
    'redirects to nothing': thenCloses(to('')),
    'redirects on and on': away(),
    'redirects without Location': thenCloses(to()),
    'redirects to two places': thenCloses(to('/a', '/b')),
    'redirects to what is no URL': thenCloses(to('http://:99999/')),
    'redirects to a file': thenCloses(to('file:///etc/passwd')),
    'redirects to a script': thenCloses(to('javascript:alert(1)')),
    'redirects to data': thenCloses(to('data:text/plain,fine')),
  }),
  ...all('connect', { 'redirects to a closed port': thenCloses(to('http://127.0.0.1:1/')) }),
  ...all('page', {
    'redirects, with a body without end': forEver(to('/fine').replace('Content-Length: 0\r\n', ''), 'x'),
    'redirects, and resets': thenResets(to('/fine')),
    fine: thenCloses(fine),
  }),
};
