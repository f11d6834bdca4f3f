import type { Socket } from 'node:net';
import type { buildConnector } from 'undici';
import { proxyBroken, proxyRefused, ProxyError } from './proxy-error.js';

/** A proxy, as its URL says. */
export interface ProxyServer {
  /** The URL without credentials, as it may be shown. */
  readonly name: string;
  readonly origin: URL;
  /** The value of Proxy-Authorization. */
  readonly authorization: string | undefined;
}

type Opener = (target: buildConnector.Options, done: buildConnector.Callback) => Socket;

/** How long a proxy may take to open a tunnel, in ms; undici waits as long for a connection. */
const patience = 10_000;
/** No answer to CONNECT is longer in earnest. */
const longestHead = 16 * 1024;

/** Connects to targets through tunnels that a proxy opens (RFC 9110 §9.3.6). */
export function tunnelConnector(
  proxy: ProxyServer,
  toProxy: buildConnector.connector,
  overTunnel: Opener,
): buildConnector.connector {
  return (target, done) => {
    const { hostname, protocol, port } = target;
    const authority = `${hostname.includes(':') ? `[${hostname}]` : hostname}:${port || defaultPort(protocol)}`;
    toProxy(endpointOf(proxy), (...[error, socket]) => {
      if (error) {
        done(error, null);
        return;
      }
      askForTunnel(proxy, socket, authority, (failed) => {
        if (failed) {
          socket.destroy();
          done(failed, null);
        } else if (protocol === 'https:') overTunnel({ ...target, httpSocket: socket }, done);
        else done(null, socket);
      });
    });
  };
}

/** Connects to the proxy itself, whatever the target; what fails is the proxy's failure. */
export function proxyConnector(proxy: ProxyServer, open: Opener): buildConnector.connector {
  return (_target, done) => {
    open(endpointOf(proxy), (...[error, socket]) => {
      if (error) done(proxyBroken(proxy.name, error), null);
      else done(null, socket);
    });
  };
}

function endpointOf({ origin: { hostname, protocol, port, host } }: ProxyServer): buildConnector.Options {
  return { hostname: hostname.replace(/^\[|\]$/g, ''), protocol, port, host };
}

function defaultPort(protocol: string): string {
  return protocol === 'https:' ? '443' : '80';
}

/** Calls back once, without an error when what is written next is heard by the target. */
function askForTunnel(
  { name, authorization }: ProxyServer,
  socket: Socket,
  authority: string,
  done: (error?: ProxyError) => void,
): void {
  let head = '';
  const asked = `CONNECT ${authority}`;
  const end = (error?: ProxyError): void => {
    clearTimeout(timer);
    socket.off('readable', read).off('error', broken).off('close', closed);
    if (error) socket.on('error', ignore); // it is about to be destroyed
    done(error);
  };
  const broken = (error: Error): void => end(proxyBroken(name, error));
  const closed = (): void => end(new ProxyError(`the proxy ${name} hangs up at ${asked}`, true));
  const read = (): void => {
    for (let chunk = socket.read() as Buffer | null; chunk; chunk = socket.read() as Buffer | null) {
      head += chunk.toString('latin1');
    }
    const length = head.indexOf('\r\n\r\n');
    if (length !== -1) end(verdict(name, head, length, asked));
    else if (head.length > longestHead) end(new ProxyError(`the proxy ${name} answers without end`, false));
  };
  const late = (): void =>
    end(new ProxyError(`the proxy ${name} has not answered ${asked} in ${patience} ms`, true));
  const timer = setTimeout(late, patience).unref();
  socket.on('readable', read).on('error', broken).on('close', closed);
  const credentials = authorization === undefined ? '' : `Proxy-Authorization: ${authorization}\r\n`;
  socket.write(`${asked} HTTP/1.1\r\nHost: ${authority}\r\n${credentials}\r\n`);
}

/** Bytes behind the head were not the target's: nobody has asked it anything yet. */
function verdict(name: string, head: string, length: number, asked: string): ProxyError | undefined {
  const status = Number(/^HTTP\/1\.[01] (\d{3})\b/.exec(head)?.[1]);
  if (Number.isNaN(status)) return new ProxyError(`the proxy ${name} does not answer in HTTP`, false);
  if (status < 200 || status > 299) return proxyRefused(name, status, asked);
  return head.length === length + 4
    ? undefined
    : new ProxyError(`the proxy ${name} speaks before the target does`, false);
}

function ignore(): void {
  // whatever it says now comes too late
}
