import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { from, take } from 'rxjs';
import { CookieJar } from 'tough-cookie';
import { cacheStores } from 'undici';
import { createFetcher, fetchFrom, iterate } from '../../dist/esm/index.js';
import { cookies } from '../../dist/esm/interceptors/cookies/index.js';
import { digest, discard, toFile } from '../../dist/esm/sinks/index.js';
import { undiciTransport } from '../../dist/esm/transports/undici/index.js';
import { requestsTo, toFaults, toStrangers } from './requests.mjs';

/** After so many records a pipeline is cut off, in the ways that there are. */
const cutAfter = 20;
const retry = { limit: 5, backoff: () => 10, budget: Infinity };
const cutShort = { due: ['page', 'http', 'cancelled'] };

/** All names are of this machine. */
function toThisMachine(_hostname, _options, done) {
  done(null, [{ address: '127.0.0.1', family: 4 }]);
}

/** What is fetched: laps of a second, each of some hundred URLs in pipelines of many sorts. */
export async function loadOf({ sites, ca, faults }, tally) {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-soak-'));
  const common = { ca, dns: { lookup: toThisMachine } };
  const transport = undiciTransport(common);
  const store = new cacheStores.MemoryCacheStore({ maxCount: 200 });
  const caching = undiciTransport({ ...common, cache: store });
  const fetcher = createFetcher({ concurrency: 64, transport, retry, perHost: { concurrency: 48 } });
  const jar = cookies({ jar: new CookieJar() });
  const sinks = [toFile(folder), toFile(folder, { resume: true }), digest('sha256'), discard()];
  const always = new AbortController(); // whoever listens and never stops is counted by its listeners

  const requests = (count, what) => requestsTo(sites, count, what);
  /** Resolves when the pipeline has ended; `onRecord` is called with the number of each record. */
  const follow = (results$, run, how, onRecord = () => {}) =>
    new Promise((resolve) => {
      results$.subscribe({
        next: (record) => {
          run.record(record);
          onRecord(run.records);
        },
        error: (error) => {
          tally.found(`a pipeline failed: ${error}`);
          resolve();
        },
        complete: () => {
          run.ended(how);
          resolve();
        },
      });
    });

  const signal = always.signal;
  const pulled = (inputs, options = {}) => {
    const run = tally.run();
    return follow(fetcher.fetchFrom(run.inputs(inputs), { signal, ...options }), run, 'completed');
  };

  const sorts = [
    () => pulled(toStrangers(sites, 5)),
    () => pulled(requests(300), { project: (page) => page.text().length }),
    () => pulled(requests(30, { path: 'cookie' }), { interceptors: [jar] }),
    () => {
      const bodies = requests(16, { path: 'large', isKnown: true });
      return pulled(bodies.map((request, at) => ({ ...request, sink: sinks[at % sinks.length] })));
    },
    () => {
      const run = tally.run();
      const inputs$ = from(run.inputs(requests(50)));
      return follow(inputs$.pipe(fetcher.fetchEach({ signal })), run, 'completed');
    },
    () => {
      const run = tally.run();
      const known = requests(20, { path: 'cached', isKnown: true });
      const inputs = [...known, ...requests(40, { path: 'cached' })];
      return follow(fetchFrom(run.inputs(inputs), { transport: caching, signal, retry }), run, 'completed');
    },
    () =>
      new Promise((resolve) => {
        const run = tally.run();
        const results$ = fetcher
          .fetchFrom(run.inputs(requests(100, { path: 'slow' })), { signal })
          .pipe(take(cutAfter));
        results$.subscribe({
          next: (record) => run.record(record),
          complete: () => {
            run.ended('unsubscribed');
            resolve();
          },
        });
      }),
    () => {
      const run = tally.run();
      const controller = new AbortController();
      const results$ = fetcher.fetchFrom(run.inputs(requests(100, cutShort)), {
        signal: controller.signal,
      });
      return follow(results$, run, 'aborted', (count) => count === cutAfter && controller.abort());
    },
    () => {
      const run = tally.run();
      const controller = new AbortController();
      const options = { drain: controller.signal, signal };
      const results$ = fetcher.fetchFrom(run.inputs(requests(100)), options);
      return follow(results$, run, 'drained', (count) => count === cutAfter && controller.abort());
    },
    async () => {
      const run = tally.run();
      for await (const record of iterate(run.inputs(requests(20)), { transport, signal, retry })) {
        run.record(record);
        if (run.records === 10) break;
      }
      run.ended('unsubscribed');
    },
  ];

  /** All faults at once, on the connections that everybody uses. */
  const misbehaviour = () => {
    const run = tally.run();
    const on = ({ kind }, { context }) => kind === 'network' && !context.due.includes('network');
    const options = {
      transport,
      signal,
      concurrency: 256,
      retry: { ...retry, on, backoff: () => 0 },
      acceptStatus: () => true,
      maxBodyBytes: 1_000_000,
    };
    return follow(fetchFrom(run.inputs(toFaults(faults)), options), run, 'completed');
  };

  /** A fetcher and connections of its own, closed half way. */
  const passing = () => {
    const run = tally.run();
    const own = createFetcher({
      concurrency: 8,
      transport: undiciTransport({ ...common, keepAlive: 500 }),
      retry,
    });
    const results$ = own.fetchFrom(run.inputs(requests(60, cutShort)), {
      signal,
    });
    return follow(results$, run, 'closed', (count) => count === cutAfter && own.close());
  };

  return {
    signal,
    lap: (number) => {
      const extra = [...(number % 4 === 0 ? [misbehaviour] : []), ...(number % 10 === 0 ? [passing] : [])];
      return Promise.all([...sorts, ...extra].map((start) => start()));
    },
    close: () => {
      fetcher.close();
      rmSync(folder, { recursive: true });
    },
  };
}
