// Pages of 1 KB on all of 127.0.0.0/8, `site.mjs DELAY` ms after each is asked for; gone when its parent is. Asked
// for anything, it says when each request has come, in ms since the first, and forgets them.
import { once } from 'node:events';
import { createServer } from 'node:http';

const delay = Number(process.argv[2]);
const page = Buffer.alloc(1_024, 'x');
let times = [];

const server = createServer({ keepAliveTimeout: 60_000 }, (_request, response) => {
  times.push(performance.now());
  if (delay === 0) send(response);
  else setTimeout(send, delay, response);
});
server.on('connection', (socket) => {
  if (!socket.remoteAddress?.startsWith('127.')) socket.destroy();
});

function send(response) {
  response.writeHead(200, { 'content-type': 'text/html', 'content-length': page.length });
  response.end(page);
}

process.once('disconnect', () => process.exit());
process.on('message', () => {
  process.send(times.map((time) => time - times[0]));
  times = [];
});
await once(server.listen(0, '0.0.0.0'), 'listening');
process.send(server.address().port);
