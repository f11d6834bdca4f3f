import { createSecureServer } from 'node:http2';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect } from 'vitest';
import { undiciTransport, type UndiciTransportOptions } from '../../../lib/transports/undici/index.js';
import { selfSigned } from '../../support/certificate.js';
import { leavesNothingBehind } from '../../support/leaks.js';
import { it, pageOf } from '../../support/net.js';

leavesNothingBehind();

it('opens as many connections to an origin as it may, and no more', async ({ net }) => {
  const server = await net.serve((_request, response) => setImmediate(() => response.end()));
  const transport = undiciTransport({ connections: 2 });
  await Promise.all(Array.from({ length: 8 }, () => pageOf(transport, server.url)));
  expect(server.accepted).toBe(2);
});

it('opens a connection for each request at once where it is not told', async ({ net }) => {
  const server = await net.serve((_request, response) => setImmediate(() => response.end()));
  const transport = undiciTransport({ connections: Infinity });
  await Promise.all(Array.from({ length: 8 }, () => pageOf(transport, server.url)));
  expect(server.accepted).toBe(8);
});

it('closes a connection that has been idle for `keepAlive`', async ({ net }) => {
  const server = await net.serve((_request, response) =>
    response.writeHead(200, { 'Keep-Alive': 'timeout=600' }).end(),
  );
  await pageOf(undiciTransport({ keepAlive: 1 }), server.url);
  await server.idle(); // undici's clock ticks every half second
  expect(server.open).toBe(0);
});

it.for<[spoken: string, UndiciTransportOptions]>([
  ['HTTP/2', { http2: true }],
  ['HTTP/1.1', {}],
])('speaks %s with a server that offers both', async ([spoken, options]) => {
  const tls = selfSigned();
  const server = createSecureServer({ ...tls, allowHTTP1: true }, (request, response) => {
    response.end(`HTTP/${request.httpVersion.replace('2.0', '2')}`);
  });
  const sockets = new Set<{ destroy(): void }>();
  server.on('connection', (socket: { destroy(): void }) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const page = await pageOf(undiciTransport({ ...options, ca: tls.cert }), `https://127.0.0.1:${port}/`);
  const closed = once(server, 'close');
  server.close();
  for (const socket of sockets) socket.destroy();
  await closed;
  expect(page.text()).toBe(spoken);
});
