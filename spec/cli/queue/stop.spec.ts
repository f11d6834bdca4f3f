import { EventEmitter } from 'node:events';
import { VirtualTimeScheduler } from 'rxjs';
import { expect, it } from 'vitest';
import { Stop } from '../../../lib/cli/queue/stop.js';

function listening() {
  const [signals, scheduler] = [new EventEmitter(), new VirtualTimeScheduler()];
  return { signals, scheduler, stop: new Stop({ signals, scheduler }) };
}

it('hears a signal, and the same one sent twice as one', () => {
  const { signals, stop } = listening();
  expect(stop.signal.aborted).toBe(false);
  signals.emit('SIGINT');
  expect(stop.signal.aborted).toBe(true);
  expect(signals.listenerCount('SIGINT')).toBe(1); // else the process would end by the one that follows at once
});

it('leaves a second one to the process', () => {
  const { signals, scheduler } = listening();
  signals.emit('SIGTERM');
  scheduler.flush();
  expect(scheduler.now()).toBe(100);
  expect(['SIGINT', 'SIGTERM', 'SIGHUP'].map((name) => signals.listenerCount(name))).toEqual([0, 0, 0]);
});

it('listens no more when it is at its end', () => {
  const { signals, scheduler, stop } = listening();
  signals.emit('SIGHUP');
  stop.end();
  expect(signals.listenerCount('SIGHUP')).toBe(0);
  scheduler.flush();
  expect(scheduler.now()).toBe(0);
});
