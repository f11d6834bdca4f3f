import { lastValueFrom, toArray } from 'rxjs';
import {
  fetchFrom,
  type FetchError,
  type FetchRequest,
  type FetchResult,
  type Page,
  type Transport,
} from 'sluice';
import { selfSigned } from '../support/certificate.js';
import { onHead } from '../support/servers.js';
import type { Wire } from '../support/wire.js';
import { bodies } from './bodies.js';
import { connections } from './connections.js';
import type { Fault, Faults, Outcome } from './fault.js';
import { framing } from './framing.js';
import { heads } from './heads.js';
import { redirects } from './redirects.js';

/** Faults of an answer, by their names. */
const faults: Faults = { ...heads, ...framing, ...bodies, ...redirects };

/** A request for a fault. */
export interface Case {
  readonly name: string;
  readonly fault: Pick<Fault, 'outcome' | 'body'>;
}

/** What never ends by itself is waited for so long; all else must end of its own accord long before `patience`, in ms. */
const silence = 80;
const patience = 8_000;

const outcomesOf = ({ outcome }: Pick<Fault, 'outcome'>): readonly Outcome[] =>
  typeof outcome === 'string' ? [outcome] : outcome;

function requestFor(
  name: string,
  url: string,
  fault: Case['fault'] & Pick<Fault, 'method'>,
): FetchRequest<Case> {
  const timeout = outcomesOf(fault).includes('timeout') ? silence : patience;
  return { url, timeout, context: { name, fault }, ...(fault.method ? { method: fault.method } : {}) };
}

/** Starts the servers. @returns a request for every fault */
export async function everyFault(wire: Wire): Promise<FetchRequest<Case>[]> {
  const { url } = await wire.serveRaw((socket) => {
    onHead(socket, (head) => {
      const name = decodeURIComponent(/^\S+ \/([^ ?]*)/.exec(head)?.[1] ?? '');
      if (!faults[name]) throw new Error(`There is no fault ${name}`);
      faults[name].answer(socket);
    });
  });
  const certificate = selfSigned();
  const requests = Object.entries(faults).map(([name, fault]) =>
    requestFor(name, `${url}/${encodeURIComponent(name)}`, fault),
  );
  for (const [name, { accept, scheme = 'http', tls, ...fault }] of Object.entries(connections)) {
    const server = tls
      ? await wire.serve(() => undefined, { tls: certificate })
      : await wire.serveRaw((socket) => accept(socket));
    requests.push(requestFor(name, `${scheme}://127.0.0.1:${server.port}/`, fault));
  }
  return requests;
}

/**
 * Fetches them all, once each. What closes its connection can take that of a neighbour along, which is then asked for
 * once more: only where its own fault is not of the network.
 */
export function recordsOf(
  requests: readonly FetchRequest<Case>[],
  concurrency: number,
  transport: Transport,
): Promise<FetchResult<Page, Case>[]> {
  const on = ({ kind }: FetchError, { context }: FetchRequest): boolean =>
    kind === 'network' && !outcomesOf((context as Case).fault).includes('network');
  const records$ = fetchFrom(requests, {
    concurrency,
    transport,
    retry: { limit: 5, on, backoff: () => 0, budget: Infinity },
    acceptStatus: () => true,
    maxBodyBytes: 1_000_000,
  });
  return lastValueFrom(records$.pipe(toArray()));
}

/** What a record is, and what of it is not as it should be. */
export function complaint(record: FetchResult<Page, Case>): string | undefined {
  const { name, fault } = record.request.context as Case;
  const got = record.ok ? 'page' : record.error.kind;
  const said = record.ok ? record.value.text() : record.error.message;
  if (!outcomesOf(fault).includes(got)) return `${name}: ${got} (${said})`;
  if (record.ok && said !== (fault.body ?? 'fine')) return `${name}: says ${said}`;
  return undefined;
}
