import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { TlsOptions } from 'node:tls';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A server on this machine, on a port of its own. */
export interface TestServer {
  /** Without a slash at its end: `http://127.0.0.1:49152`. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** How many connections it has accepted so far. */
  readonly accepted: number;
  /** How many of them are open now. */
  readonly open: number;
  /** Resolves once it has accepted so many. */
  accepts(count: number): Promise<void>;
  /** Resolves once none is open. */
  idle(): Promise<void>;
  /** Destroys its connections and stops listening. */
  close(): Promise<void>;
}

export interface ServerOptions {
  /** Any 127.x.y.z: two of them are two origins. @default '127.0.0.1' */
  readonly host?: string;
  /** Makes it an HTTPS server. */
  readonly tls?: TlsOptions;
  /** Answers the method CONNECT. @default the connection is closed */
  readonly onConnect?: (request: IncomingMessage, socket: Socket) => void;
}

/** An HTTP server that answers by `handler`. It keeps idle connections open for as long as its clients do. */
export function serve(
  handler: RequestListener,
  { host, tls, onConnect }: ServerOptions = {},
): Promise<TestServer> {
  const options = { keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 };
  const server = tls
    ? createHttpsServer({ ...options, ...tls }, handler)
    : createHttpServer(options, handler);
  if (onConnect) server.on('connect', onConnect);
  return listen(server, tls ? 'https' : 'http', host);
}

/** A TCP server: for what an HTTP server of Node refuses to say. */
export function serveRaw(
  onConnection: (socket: Socket) => void,
  { host }: ServerOptions = {},
): Promise<TestServer> {
  const server = createTcpServer((socket) => {
    socket.resume(); // what nobody reads would keep it from seeing its end
    onConnection(socket);
  });
  return listen(server, 'http', host);
}

/** A TCP server that waits for the head of each request and answers by writing, then ends unless told to stay. */
export function serveBytes(
  answer: string | Uint8Array | readonly (string | Uint8Array)[],
  { stay = false, ...options }: ServerOptions & { readonly stay?: boolean } = {},
): Promise<TestServer> {
  const parts = typeof answer === 'string' || answer instanceof Uint8Array ? [answer] : answer;
  return serveRaw((socket) => {
    onHead(socket, () => {
      for (const part of parts) socket.write(part);
      if (!stay) socket.end();
    });
  }, options);
}

/** Calls back with the head of each request that comes over a socket; request bodies are not understood. */
export function onHead(socket: Socket, answer: (head: string) => void): void {
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
    for (let end = text.indexOf('\r\n\r\n'); end !== -1; end = text.indexOf('\r\n\r\n')) {
      const head = text.slice(0, end);
      text = text.slice(end + 4);
      answer(head);
    }
  });
}

/** A port of this machine that nobody listens on. */
export async function closedPort(host = '127.0.0.1'): Promise<number> {
  const server = await serveRaw(() => undefined, { host });
  await server.close();
  return server.port;
}

async function listen(server: Server, scheme: string, host = '127.0.0.1'): Promise<TestServer> {
  const sockets = new Set<Socket>();
  let accepted = 0;
  let waiting: { readonly until: () => boolean; readonly resolve: () => void }[] = [];
  const changed = (): void => {
    for (const { resolve } of waiting.filter(({ until }) => until())) resolve();
    waiting = waiting.filter(({ until }) => !until());
  };
  const when = (until: () => boolean): Promise<void> =>
    until() ? Promise.resolve() : new Promise((resolve) => waiting.push({ until, resolve }));

  server.on('connection', (socket: Socket) => {
    accepted++;
    sockets.add(socket);
    socket.on('error', () => undefined); // a client that resets is what some tests are about
    socket.on('close', () => {
      sockets.delete(socket);
      changed();
    });
    changed();
  });
  server.listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    url: `${scheme}://${host}:${port}`,
    host,
    port,
    get accepted() {
      return accepted;
    },
    get open() {
      return sockets.size;
    },
    accepts: (count) => when(() => accepted >= count),
    idle: () => when(() => sockets.size === 0),
    close: async () => {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
