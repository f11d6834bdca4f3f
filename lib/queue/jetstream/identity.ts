import { randomUUID } from 'node:crypto';

let latest = 0;
const mine = randomUUID();

/** Differs each time, on all machines. */
export function identity(): string {
  return `${mine}-${latest++}`;
}
