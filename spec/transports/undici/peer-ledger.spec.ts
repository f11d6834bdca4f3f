import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { expect, it } from 'vitest';
import { PeerLedger } from '../../../lib/transports/undici/peer-ledger.js';

/** As much of a socket as a ledger looks at. */
const socketTo = (remoteAddress?: string): Socket =>
  Object.assign(new EventEmitter(), { remoteAddress }) as unknown as Socket;

const origin = 'http://both.example';

it('an origin is private while its connections are, and all of them', () => {
  const ledger = new PeerLedger();
  const states: boolean[] = [];
  const look = (): unknown => states.push(ledger.isPrivate(origin));
  const [inside, outside, other] = [socketTo('127.0.0.1'), socketTo('1.1.1.1'), socketTo('10.0.0.1')];
  look();
  ledger.add(origin, inside, undefined);
  look();
  ledger.add(origin, outside, undefined);
  look();
  inside.emit('close');
  look();
  ledger.add(origin, other, undefined);
  outside.emit('close');
  look();
  other.emit('close');
  look();
  expect(states).toEqual([false, true, false, false, true, false]);
  expect(ledger.isPrivate('http://10.0.0.1')).toBe(false);
});

it('a connection that is closed already is not counted', () => {
  const ledger = new PeerLedger();
  ledger.add(origin, socketTo(), () => false);
  expect(ledger.isPrivate(origin)).toBe(false);
});
