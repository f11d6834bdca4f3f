/** The site's process: listens on a few loopback addresses, tells its parent where, and ends with it. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { routes } from './pages.js';
import type { Answer, Fault, Route } from './routes.js';
import { contentType, encodeContent, encodeText, writePage } from './texts.js';

const hosts = ['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.1.1'];
const origins: string[] = [];
/** How often each path was asked for. */
const asked = new Map<string, number>();

function respond({ url = '' }: IncomingMessage, response: ServerResponse, host: number): void {
  const route = routes.get(url);
  if (!route) {
    response.writeHead(404).end();
    return;
  }
  const answer = answerOf(route);
  void setTimeout(route.delay).then(() => give(answer, response, host));
}

function answerOf({ path, first, answer }: Route): Answer {
  const before = asked.get(path) ?? 0;
  asked.set(path, before + 1);
  return first && before % 2 === 0 ? first : answer;
}

function give(answer: Answer, response: ServerResponse, host: number): void {
  switch (answer.does) {
    case 'write': {
      const { charset, coding, length, seed } = answer;
      const body = encodeContent(encodeText(writePage(charset, length, seed), charset), coding);
      response.setHeader('content-type', contentType(charset));
      if (coding !== 'identity') response.setHeader('content-encoding', coding);
      response.setHeader('content-length', body.length).end(body);
      return;
    }
    case 'refuse':
      if (answer.retryAfter !== undefined) response.setHeader('retry-after', answer.retryAfter);
      response.writeHead(answer.status).end(`${answer.status}\n`);
      return;
    case 'redirect':
      if (answer.location !== undefined) {
        const next = origins[(host + 1) % origins.length] ?? '';
        response.setHeader('location', next + answer.location);
      }
      response.writeHead(answer.status).end();
      return;
    case 'fail':
      fail(answer.fault, response);
  }
}

function fail(fault: Fault, response: ServerResponse): void {
  const { socket } = response;
  switch (fault) {
    case 'hang':
      return;
    case 'stall':
      response.writeHead(200, { 'content-length': 2_000 }).write('x'.repeat(1_000));
      return;
    case 'close':
      socket?.destroy();
      return;
    case 'reset':
      socket?.resetAndDestroy();
      return;
    case 'cut':
      response.writeHead(200, { 'content-length': 2_000 }).write('x'.repeat(1_000), () => socket?.destroy());
      return;
    case 'garbage':
      socket?.end('220 this speaks SMTP\r\n\r\n');
      return;
    case 'miscoded':
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('this was never compressed');
      return;
    case 'huge':
      response.writeHead(200, { 'content-length': 2_000_000_000 }).write('x');
  }
}

/** The server's origin; undefined where the machine lacks the address: macOS has only the first. */
async function listen(server: Server, host: string): Promise<string | undefined> {
  server.listen(0, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRNOTAVAIL') return undefined;
    throw error;
  }
  return `http://${host}:${(server.address() as AddressInfo).port}`;
}

process.once('disconnect', () => process.exit());

for (const host of hosts) {
  const number = origins.length;
  const server = createServer((request, response) => respond(request, response, number));
  const origin = await listen(server, host);
  if (origin !== undefined) origins.push(origin);
}
if (process.connected) process.send?.(origins);
else process.exit(); // the parent ended before anyone listened for that
