import { setTimeout as pause } from 'node:timers/promises';
import { jetstreamQueue, type JetStreamQueue } from 'sluice/jetstream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { natsPath, startNats, type NatsServer } from '../../support/nats.js';
import { cutBefore } from './cut.js';
import { startSite, textsOf, type Site } from './site.js';
import { endWorkers, startWorker, type WorkerOptions, type WorkerProcess } from './workers.js';

/** By hand: QUEUE_INPUTS=20000. */
const inputs = Number(process.env['QUEUE_INPUTS'] ?? 2_000);
const leaseTime = 2_000;
const concurrency = 64;
const name = 'scenario';
const pages = Array.from({ length: inputs }, (_, at) => `page /${at}`);

describe.skipIf(natsPath === undefined)('workers on many machines', { timeout: 600_000 }, () => {
  let server: NatsServer;
  let site: Site;
  let queue: JetStreamQueue;

  beforeEach(async () => {
    [server, site] = await Promise.all([startNats(), startSite(16)]);
    queue = await jetstreamQueue(name, { servers: server.url, leaseTime });
  });
  afterEach(async () => {
    endWorkers();
    await queue.close();
    await Promise.all([server.stop(), site.close()]);
  });

  const start = (options: Partial<WorkerOptions> = {}): Promise<WorkerProcess> =>
    startWorker({ servers: server.url, name, leaseTime, ...options });

  /** Prints what a scenario has cost, counted from the moment of what it is about. */
  function tell(scenario: string, began: number, event: number): void {
    const now = performance.now();
    const figures = [
      `${inputs} records`,
      `${Math.round((inputs / (now - began)) * 1_000)}/s`,
      `${site.again} fetched twice`,
      `done ${Math.round(now - event)} ms after it`,
      `longest pause ${Math.round(site.longestPause(event))} ms`,
    ];
    process.stdout.write(`${scenario}: ${figures.join(', ')}\n`);
  }

  async function expectAll(): Promise<void> {
    expect(await queue.counts()).toEqual({ total: inputs, queued: 0, leased: 0, done: inputs, failed: {} });
    expect(await textsOf(queue.results())).toEqual(pages);
  }

  it('lose nothing to a kill, a dismissal and a pause', async () => {
    await queue.enqueue(site.urls(inputs));
    const [killed, dismissed, paused, spare] = await Promise.all([start(), start(), start(), start()]);
    const began = performance.now();
    for (const worker of [killed, dismissed, paused]) worker.begin();

    await site.reaches(inputs * 0.2);
    killed.signal('SIGKILL');
    const event = performance.now();
    expect(await killed.end).toBe('SIGKILL');
    await site.reaches(inputs * 0.4);
    dismissed.signal('SIGTERM');
    expect(await dismissed.end).toBe(0);
    await site.reaches(inputs * 0.5);
    paused.signal('SIGSTOP');
    spare.begin();
    await pause(1.5 * leaseTime);
    paused.signal('SIGCONT');
    expect(await Promise.all([paused.end, spare.end])).toEqual([0, 0]);

    tell('a worker killed, one dismissed, one paused', began, event);
    await expectAll();
    // in flight at the kill and at the pause, and what the paused one leased anew of what it had at hand
    expect(site.again).toBeLessThanOrEqual(3 * concurrency);
  });

  it('keep the limits of a host together, also when one takes over from another', async () => {
    await queue.enqueue(site.urls(inputs));
    const [killed, dismissed, ...others] = await Promise.all([1, 2, 3, 4].map(() => start({ perHost: 2 })));
    const began = performance.now();
    for (const worker of [killed, dismissed, others[0]]) worker?.begin();
    await site.reaches(inputs * 0.2);
    killed?.signal('SIGKILL');
    const event = performance.now();
    others[1]?.begin();
    await site.reaches(inputs * 0.4);
    dismissed?.signal('SIGTERM');
    expect(await Promise.all(others.map(({ end }) => end))).toEqual([0, 0]);
    tell('limits per host, a worker killed, one dismissed', began, event);
    await expectAll();
    expect(site.mostAtOnce).toBe(2);
  });

  it('go on after the server was killed', async () => {
    await queue.enqueue(site.urls(inputs));
    const workers = await Promise.all([start(), start()]);
    const began = performance.now();
    for (const worker of workers) worker.begin();
    await site.reaches(inputs * 0.4);
    const event = performance.now();
    await server.kill();
    await pause(300);
    await server.restart();
    expect(await Promise.all(workers.map(({ end }) => end))).toEqual([0, 0]);

    tell('the server killed and started again', began, event);
    await expectAll();
    expect(site.again).toBeLessThanOrEqual(4 * concurrency);
  });

  it('replace one that is cut off, and take it back', async () => {
    await queue.enqueue(site.urls(inputs));
    const cut = await cutBefore(server.port);
    const [lonely, other] = await Promise.all([start({ servers: cut.url }), start()]);
    const began = performance.now();
    for (const worker of [lonely, other]) worker.begin();
    await site.reaches(inputs * 0.3);
    const event = performance.now();
    cut.cut();
    await pause(2 * leaseTime);
    cut.heal();
    expect(await Promise.all([lonely.end, other.end])).toEqual([0, 0]);
    await cut.close();

    tell('a worker cut off', began, event);
    await expectAll();
    // until it notices, it goes on: with what is under way, what is leased, and two leases that wait
    expect(site.again).toBeLessThanOrEqual(4 * concurrency);
  });

  it('take what is enqueued meanwhile, and a collector that is slow gets all of it in order', async () => {
    const workers = await Promise.all([start({ follow: true }), start({ follow: true })]);
    for (const worker of workers) worker.begin();
    const began = performance.now();
    async function* slowly(): AsyncGenerator<string> {
      for (const [at, url] of site.urls(inputs).entries()) {
        if (at % 500 === 499) await pause(100);
        yield url;
      }
    }
    const enqueued = queue.enqueue(slowly());
    const collector = await jetstreamQueue(name, { servers: server.url });
    const texts: string[] = [];
    while (texts.length < inputs) {
      for await (const result of collector.results({ follow: true })) {
        expect(result.index).toBeGreaterThanOrEqual(0);
        if (result.index < texts.length) continue; // all was done for a moment, and it reads again
        texts.push(result.ok ? result.value.text() : result.error.message);
        if (texts.length % 20 === 0) await pause(1);
      }
    }
    expect(await enqueued).toEqual({ added: inputs, duplicates: 0 });
    for (const worker of workers) worker.signal('SIGTERM');
    expect(await Promise.all(workers.map(({ end }) => end))).toEqual([0, 0]);
    await collector.close();

    tell('enqueued, fetched and collected at once', began, began);
    expect(texts).toEqual(pages);
    await expectAll();
    expect(site.again).toBe(0);
  });

  it('give up an input that kills each of them, and no other', async () => {
    await queue.enqueue(site.urls(200));
    const ends: unknown[] = [];
    do {
      const worker = await start({ poison: 7 });
      worker.begin();
      ends.push(await worker.end);
    } while (ends.length < 10 && ends.at(-1) !== 0);
    expect(ends).toEqual(['SIGKILL', 'SIGKILL', 'SIGKILL', 'SIGKILL', 0]);
    const texts = await textsOf(queue.results());
    expect(texts.filter((text) => !text.startsWith('page'))).toEqual([
      expect.stringContaining('given up, as the process died each of the 4 times that it was fetched'),
    ]);
    expect(texts).toHaveLength(200);
    expect(await queue.counts()).toMatchObject({ done: 200, failed: { unknown: 1 } });
  });
});
