import { filter, map, tap, type Observable } from 'rxjs';
import { page } from '../../lib/testing/index.js';
import type { ObservedTransport, TransportPhase } from '../../lib/transports/transport.js';

const phases: Readonly<Record<string, TransportPhase>> = { c: 'connect', h: 'headers', b: 'body' };

/**
 * A transport that says how far it is: `c`, `h` and `b` enter connect, headers and body, a digit is the status
 * of a response (2 for 200), `p` is the page.
 */
export function phased(...attempts: readonly Observable<string>[]): ObservedTransport {
  let started = 0;
  return ({ url }, attempt) => {
    const steps = attempts[Math.min(started++, attempts.length - 1)];
    if (!steps) throw new Error('phased() needs an attempt');
    return steps.pipe(
      tap((step) => {
        const phase = phases[step];
        if (phase) attempt?.enter(phase);
        else if (/\d/.test(step)) attempt?.responded(Number(step) * 100);
      }),
      filter((step) => step === 'p'),
      map(() => page(String(url))),
    );
  };
}
