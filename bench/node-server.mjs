// Servers in a process of their own, gone when its parent is: of pages where there is no nginx, of slow pages,
// and of flaky ones.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { flakyEvery, flakyFailures, pageBytes, slowAddresses, slowness } from './workload.mjs';

const page = Buffer.alloc(pageBytes, 'x');
/** How often each flaky URL has failed, until it has succeeded. */
const failed = new Map();

const kinds = {
  pages: { addresses: ['0.0.0.0'], answer: (_request, response) => send(response) },
  // one queue of new connections (net.core.somaxconn) is too short for 10,000; what it drops comes a second late
  slow: {
    addresses: slowAddresses,
    answer: (_request, response) => setTimeout(send, slowness, response),
  },
  flaky: { addresses: ['127.0.0.1'], answer: flaky },
};

function flaky({ url }, response) {
  const failures = failed.get(url) ?? 0;
  if (Number(/\bi=(\d+)/.exec(url)[1]) % flakyEvery !== 0) send(response);
  else if (failures === flakyFailures) {
    failed.delete(url);
    send(response);
  } else {
    failed.set(url, failures + 1);
    response.writeHead(503, { 'content-length': 0 }).end();
  }
}

function send(response) {
  response.writeHead(200, { 'content-type': 'text/html', 'content-length': pageBytes });
  response.end(page);
}

async function listen({ addresses, answer }) {
  let port = 0;
  for (const address of addresses) {
    const server = createServer({ keepAliveTimeout: 60_000 }, answer);
    server.on('connection', (socket) => {
      if (!socket.remoteAddress?.startsWith('127.')) socket.destroy();
    });
    server.listen({ port, host: address, backlog: 16_384 });
    await once(server, 'listening');
    ({ port } = server.address());
  }
  return port;
}

process.once('disconnect', () => process.exit());
process.on('SIGINT', () => {}); // Ctrl-C reaches it too; its parent ends it
listen(kinds[process.argv[2]]).then(
  (port) => process.send({ port }),
  ({ message }) => process.send({ failure: message }, () => process.exit(1)),
);
