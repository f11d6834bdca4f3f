import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { serveRaw, type TestServer } from './servers.js';

export interface SocksOptions {
  /** `user:password` that it asks for (RFC 1929). @default it lets everybody in */
  readonly credentials?: string;
  /** The reply to each CONNECT instead of a connection: 2 is `not allowed` (RFC 1928 §6). */
  readonly reply?: number;
  /** Where a name leads, as `127.0.0.1:80`. @default where it says */
  readonly lead?: (authority: string) => string;
}

/** A SOCKS5 proxy (RFC 1928) that knows CONNECT alone. */
export interface SocksServer extends TestServer {
  /** What it was asked to connect to so far: `host:443`. */
  readonly asked: readonly string[];
}

export async function serveSocks(options: SocksOptions = {}): Promise<SocksServer> {
  const asked: string[] = [];
  const tunnels = new Set<Socket>();
  const server = await serveRaw((socket) => {
    socket.pause(); // its bytes are asked for by number
    void converse(socket, options, asked, tunnels).catch(() => socket.destroy());
  });
  return Object.assign(Object.create(server) as TestServer, {
    url: server.url.replace('http:', 'socks5:'),
    asked,
    close: async () => {
      for (const tunnel of tunnels) tunnel.destroy();
      await server.close();
    },
  });
}

const methods = { none: 0, password: 2, noneAcceptable: 0xff } as const;
const hostUnreachable = 4;

async function converse(
  socket: Socket,
  { credentials, reply, lead = (authority) => authority }: SocksOptions,
  asked: string[],
  tunnels: Set<Socket>,
): Promise<void> {
  const [, methodCount = 0] = await take(socket, 2);
  const offered = await take(socket, methodCount);
  const method = credentials === undefined ? methods.none : methods.password;
  if (!offered.includes(method)) {
    socket.end(Buffer.of(5, methods.noneAcceptable));
    return;
  }
  socket.write(Buffer.of(5, method));
  if (credentials !== undefined) {
    await take(socket, 1);
    const given = `${await takeText(socket)}:${await takeText(socket)}`;
    socket.write(Buffer.of(1, given === credentials ? 0 : 1));
    if (given !== credentials) {
      socket.end();
      return;
    }
  }
  const [, , , type] = await take(socket, 4);
  const host = type === 3 ? await takeText(socket) : [...(await take(socket, 4))].join('.');
  const authority = `${host}:${(await take(socket, 2)).readUInt16BE()}`;
  asked.push(authority);
  const answer = (code: number): boolean => socket.write(Buffer.of(5, code, 0, 1, 0, 0, 0, 0, 0, 0));
  if (reply !== undefined) {
    answer(reply);
    socket.end();
    return;
  }
  const [toHost, toPort] = lead(authority).split(':');
  const tunnel = connect(Number(toPort), toHost);
  tunnels.add(tunnel);
  tunnel.on('close', () => {
    tunnels.delete(tunnel);
    socket.destroy();
  });
  socket.on('close', () => tunnel.destroy());
  tunnel.on('error', () => answer(hostUnreachable));
  await once(tunnel, 'connect');
  answer(0);
  socket.pipe(tunnel).pipe(socket);
}

/** The next bytes of a socket, so many of them. */
async function take(socket: Socket, count: number): Promise<Buffer> {
  for (;;) {
    const bytes = count === 0 ? Buffer.alloc(0) : (socket.read(count) as Buffer | null);
    if (bytes) return bytes;
    await once(socket, 'readable');
    if (socket.readableEnded || socket.destroyed) throw new Error('it has left');
  }
}

/** A text behind its length. */
async function takeText(socket: Socket): Promise<string> {
  const [length = 0] = await take(socket, 1);
  return (await take(socket, length)).toString();
}
