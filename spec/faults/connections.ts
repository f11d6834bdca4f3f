import type { Socket } from 'node:net';
import { fine, type Fault } from './fault.js';

/** What goes wrong before a request has been read; each has a server of its own. */
export interface Connection extends Pick<Fault, 'outcome'> {
  /** Called with each connection. */
  readonly accept: (socket: Socket) => void;
  /** How it is asked. @default 'http' */
  readonly scheme?: 'http' | 'https';
  /** The server talks TLS. @default false */
  readonly tls?: boolean;
}

export const connections: Readonly<Record<string, Connection>> = {
  'closes at once': { outcome: 'network', accept: (socket) => socket.end() },
  'resets at once': { outcome: ['network', 'connect'], accept: (socket) => socket.resetAndDestroy() },
  'is destroyed at once': { outcome: 'network', accept: (socket) => socket.destroy() },
  'says nothing': { outcome: 'timeout', accept: () => undefined },
  'answers before it is asked': {
    outcome: ['page', 'protocol', 'network'],
    accept: (socket) => socket.end(fine),
  },
  'talks nonsense before it is asked': {
    outcome: ['protocol', 'network'],
    accept: (socket) => socket.write('220 mail.example ESMTP\r\n'),
  },
  'answers TLS in plain': {
    outcome: ['tls', 'protocol', 'network'],
    scheme: 'https',
    accept: (socket) => socket.end(fine),
  },
  'answers TLS with nonsense': {
    outcome: ['tls', 'protocol', 'network'],
    scheme: 'https',
    accept: (socket) => socket.end(Buffer.alloc(64, 0xff)),
  },
  'answers TLS by closing': {
    outcome: ['tls', 'network'],
    scheme: 'https',
    accept: (socket) => socket.end(),
  },
  'answers TLS by a reset': {
    outcome: ['tls', 'network', 'connect'],
    scheme: 'https',
    accept: (socket) => socket.resetAndDestroy(),
  },
  'answers TLS with silence': { outcome: 'timeout', scheme: 'https', accept: () => undefined },
  'answers TLS with a certificate of nobody': {
    outcome: 'tls',
    scheme: 'https',
    tls: true,
    accept: () => undefined,
  },
  'talks TLS where it is asked in plain': {
    outcome: ['protocol', 'network'],
    tls: true,
    accept: () => undefined,
  },
};
