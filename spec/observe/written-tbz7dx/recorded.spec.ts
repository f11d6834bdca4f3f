import { fetchFrom } from 'sluice';
import { marbles } from 'sluice/testing';
import { it } from 'vitest';

// Recorded: 4 inputs in 1063 ms, 2 o, 2 x.
it(
  'replays a recorded run',
  marbles(({ transport, expectResults }) => {
    const routes = {
      'http://127.0.0.1:45597/a': '242ms (p|)',
      'http://127.0.0.1:45597/silent': ['-', '-', '-'],
      'http://127.0.0.1:45597/mended': ['-', '-(p|)'],
      'http://127.0.0.1:45597/missing': '-----(4|)',
    };
    const waits = [20, 20, 40];
    const net = transport(routes);
    const inputs = [
      'http://127.0.0.1:45597/a',
      'http://127.0.0.1:45597/silent',
      'http://127.0.0.1:45597/mended',
      'http://127.0.0.1:45597/missing',
    ];
    const results$ = fetchFrom(inputs, {
      transport: net,
      concurrency: 2,
      retry: { limit: 2, backoff: () => waits.shift() ?? 0 },
      timeout: 300,
    });
    expectResults(results$).toBe('242ms a 62ms D 257ms c 396ms (B|)', {
      B: { kind: 'timeout', attempts: 3 },
      c: { attempts: 2 },
      D: { kind: 'http', status: 404, attempts: 1 },
    });
  }),
);
