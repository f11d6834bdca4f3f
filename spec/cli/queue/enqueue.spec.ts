import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { VirtualTimeScheduler, type SchedulerLike } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { enqueue } from '../../../lib/cli/queue/enqueue.js';
import { talkOn } from '../../../lib/cli/talk.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

/** Enqueues what comes through stdin into a file of its own, in this process. */
async function enqueuing(
  stdin: Readable,
  signals = new EventEmitter(),
  scheduler: SchedulerLike = new VirtualTimeScheduler(),
) {
  const { path } = await temporaryFolder();
  const said: string[] = [];
  const talk = { level: 'normal', color: false, json: false } as const;
  const file = join(path, 'queue.db');
  const queue = { engine: 'sqlite', called: 'sqlite:queue.db', file } as const;
  const refused = (): never => {
    throw new Error('nobody asked for it');
  };
  const code = enqueue(
    { queue, talk, inputs: { urls: [], files: ['-'] }, request: {} },
    {
      stdin: () => stdin,
      stdout: refused,
      talk: talkOn({ write: (text) => said.push(text.trimEnd()) }, talk, () => 0),
      signals,
      scheduler,
      exit: refused,
    },
  );
  return { code, said };
}

describe('sluice enqueue', () => {
  it('keeps what was read when it is interrupted, and listens to signals no more', async () => {
    const signals = new EventEmitter();
    let reads = 0;
    const stdin = new Readable({
      read() {
        if (reads++ === 0) this.push('http://a/\nhttp://b/\n');
        else signals.emit('SIGINT'); // all that came was taken, and more is waited for
      },
    });
    const { code, said } = await enqueuing(stdin, signals);
    expect(await code).toBe(130);
    expect(said).toEqual([
      'sluice: 2 URLs added to sqlite:queue.db in 0 ms, 0 there already',
      'sluice: Stopped before the end: the same list once more adds what is missing',
    ]);
    expect(signals.eventNames()).toEqual([]);
  });

  it('keeps what was read before an input broke, and ends with 2', async () => {
    let reads = 0;
    const stdin = new Readable({
      read() {
        if (reads++ === 0) this.push('http://a/\n');
        else this.destroy(new Error('the disk is gone'));
      },
    });
    const { code, said } = await enqueuing(stdin);
    expect(await code).toBe(2);
    expect(said).toEqual([
      'sluice: 1 URL added to sqlite:queue.db in 0 ms, 0 there already',
      'sluice: Cannot read stdin: the disk is gone',
    ]);
  });

  it('says every ten seconds how far it is', async () => {
    const time = new VirtualTimeScheduler();
    let reads = 0;
    const stdin = new Readable({
      read() {
        if (reads++ === 0) this.push('http://a/\nhttp://b/\n');
        else {
          time.maxFrames = 10_000;
          time.flush();
          this.push(null);
        }
      },
    });
    const { code, said } = await enqueuing(stdin, undefined, time);
    expect(await code).toBe(0);
    expect(said).toEqual([
      'sluice: 2 read, 0.2/s',
      'sluice: 2 URLs added to sqlite:queue.db in 10.0 s, 0 there already',
    ]);
  });
});
