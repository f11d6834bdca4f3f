import { request, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { serve, type ServerOptions, type TestServer } from './servers.js';

export interface ProxyOptions extends ServerOptions {
  /** `user:password` that it asks for. @default it lets everybody in */
  readonly credentials?: string;
  /** What it answers to CONNECT instead of opening a tunnel: the bytes. */
  readonly answer?: string;
  /** Where a name leads, as `127.0.0.1:80`. @default where it says */
  readonly lead?: (authority: string) => string;
}

/** A proxy: fetches `http:` URLs, opens tunnels to all else. */
export interface ProxyServer extends TestServer {
  /** What it was asked for so far: `GET http://host/path`, `CONNECT host:443`. */
  readonly asked: readonly string[];
}

export async function serveProxy(options: ProxyOptions = {}): Promise<ProxyServer> {
  const { credentials, answer, lead = (authority) => authority, ...server } = options;
  const expected = credentials && `Basic ${Buffer.from(credentials).toString('base64')}`;
  const asked: string[] = [];
  const tunnels = new Set<Socket>();

  const isAllowed = ({ headers }: IncomingMessage): boolean =>
    expected === undefined || headers['proxy-authorization'] === expected;

  const proxy = await serve(
    (from, to) => {
      asked.push(`${from.method ?? ''} ${from.url ?? ''}`);
      if (!isAllowed(from)) {
        to.writeHead(407, { 'Proxy-Authenticate': 'Basic' }).end();
        return;
      }
      const { host, pathname, search } = new URL(from.url ?? '');
      const [hostname, port] = lead(host).split(':');
      const { 'proxy-authorization': _mine, ...headers } = from.headers;
      const onward = request({
        hostname,
        port,
        path: pathname + search,
        method: from.method,
        headers,
        agent: false,
      });
      onward.on('error', () => to.writeHead(502).end());
      onward.on('response', (response) => {
        to.writeHead(response.statusCode ?? 0, response.headers);
        response.pipe(to);
      });
      from.pipe(onward);
    },
    {
      ...server,
      onConnect: (from, socket) => {
        const authority = from.url ?? '';
        asked.push(`CONNECT ${authority}`);
        if (!isAllowed(from)) socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
        else if (answer !== undefined) {
          socket.resume().on('end', () => socket.end()); // a server of Node leaves that open
          socket.write(answer);
        } else open(lead(authority), socket);
      },
    },
  );

  function open(authority: string, socket: Socket): void {
    const [host = '', port] = authority.split(':');
    const tunnel = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(tunnel).pipe(socket);
    });
    tunnels.add(tunnel);
    tunnel.on('error', () => socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
    tunnel.on('close', () => tunnels.delete(tunnel));
    socket.on('close', () => tunnel.destroy());
  }

  return Object.assign(Object.create(proxy) as TestServer, {
    asked,
    close: async () => {
      for (const tunnel of tunnels) tunnel.destroy();
      await proxy.close();
    },
  });
}
