import { lastValueFrom, toArray } from 'rxjs';
import {
  fetchFrom,
  type FetchError,
  type FetchRequest,
  type FetchResult,
  type Page,
  type Transport,
} from 'sluice';
import { outcomesOf, type Fault } from './fault.js';

/** What a request for a fault knows of it. */
export interface Case {
  readonly name: string;
  readonly fault: Pick<Fault, 'outcome' | 'body'>;
}

/** Most bytes of each body. */
export const maxBodyBytes = 1_000_000;

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
    maxBodyBytes,
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
