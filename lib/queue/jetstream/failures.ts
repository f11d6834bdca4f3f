import { JetStreamApiError } from '@nats-io/jetstream';
import { ClosedConnectionError, PermissionViolationError } from '@nats-io/transport-node';
import { QueueError } from '../queue-error.js';
import type { JetStreamQueueOptions } from './options.js';

/** The servers of a cluster that are seen are too few: those of one that has just started may be missing for a while. */
const noPeers = 10005;

/** Why a queue's server could not be connected, and what to do about it. */
export function unreachable(
  queue: string,
  where: string,
  { tls }: Pick<JetStreamQueueOptions<never>, 'tls'>,
  cause: unknown,
): QueueError {
  if (/authorization violation|authentication/i.test(textOf(cause))) {
    return new QueueError(
      `The NATS server of the queue ${queue} at ${where} does not let this client in: ${textOf(cause)}. Give a user and password, a token or a .creds file that it knows`,
      { cause },
    );
  }
  if (textOf(cause) === 'unable to parse credentials') {
    return new QueueError(
      `The credentials of the queue ${queue} are no .creds file: give one as the server's operator made it, with its JWT and its seed`,
      { cause },
    );
  }
  const whom = tls ? 'who is let in, and with which certificate' : 'and who is let in';
  return new QueueError(
    `Cannot reach the NATS server of the queue ${queue} at ${where}: ${textOf(cause)}. Look whether it runs there, ${whom}`,
    { cause },
  );
}

/** Whether it is no use to ask again. */
export function isFinal(error: unknown): boolean {
  if (error instanceof QueueError || error instanceof ClosedConnectionError) return true;
  if (isForbidden(error)) return true;
  return error instanceof JetStreamApiError && error.status !== 503 && !isOfPeers(error);
}

/** Whether the servers of a cluster do not see each other, or not yet. */
export function isOfPeers(error: unknown): boolean {
  return error instanceof JetStreamApiError && error.code === noPeers;
}

/** Whether the server has said that this client may not do that. */
export function isForbidden(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error instanceof PermissionViolationError || isForbidden(error.cause);
}

export function textOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
