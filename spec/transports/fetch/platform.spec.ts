import { lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fetchFrom } from '../../../lib/creators/fetch-from.js';
import { discard } from '../../../lib/sinks/index.js';
import { defaultTransport } from '../../../lib/transports/default/web.js';
import { fetchTransport } from '../../../lib/transports/fetch/index.js';

describe('what fetch cannot keep', () => {
  it('is said of a sink, and nothing is sent', async () => {
    const transport = fetchTransport({ fetch: () => Promise.reject(new Error('was asked')) });
    const input = { url: 'http://localhost/', sink: discard() };
    const [own] = await lastValueFrom(fetchFrom([input], { transport }).pipe(toArray()));
    const [all] = await lastValueFrom(
      fetchFrom(['http://localhost/'], { transport, sink: discard() }).pipe(toArray()),
    );
    for (const record of [own, all]) {
      expect(record).toMatchObject({
        ok: false,
        error: {
          kind: 'invalid',
          message:
            'http://localhost/: `sink` is for the transport of Node: fetch hands out whole pages. Leave it out here',
        },
      });
    }
  });

  it.each(['direct', 'block'] as const)('is said of privateAddresses: %s', (privateAddresses) => {
    expect(() => defaultTransport({ privateAddresses })).toThrow(
      `privateAddresses: '${privateAddresses}' cannot be kept here: fetch does not tell where it connects to. Leave it out`,
    );
    expect(() => defaultTransport({ privateAddresses: 'allow' })).not.toThrow();
    expect(() => defaultTransport({})).not.toThrow();
  });
});
