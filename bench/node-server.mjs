// The server where there is no nginx: a process of its own, gone when its parent is.
import { createServer } from 'node:http';
import { pageBytes } from './workload.mjs';

const page = Buffer.alloc(pageBytes, 'x');
const server = createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'text/html', 'content-length': pageBytes });
  response.end(page);
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
process.once('disconnect', () => process.exit());
process.on('SIGINT', () => {}); // Ctrl-C reaches it too; its parent ends it
