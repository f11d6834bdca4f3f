import { fetchTransport } from '../fetch/index.js';
import type { PrivateAddresses, Transport } from '../transport.js';

/**
 * What fetches where nobody says what should; package.json's `imports` choose by the platform.
 * @throws TypeError for a promise that a page, or a worker, cannot keep
 */
export function defaultTransport({
  privateAddresses,
}: {
  readonly privateAddresses?: PrivateAddresses | undefined;
}): Transport {
  if (privateAddresses !== undefined && privateAddresses !== 'allow') {
    throw new TypeError(
      `privateAddresses: '${privateAddresses}' cannot be kept here: fetch does not tell where it connects to. Leave it out`,
    );
  }
  return fetchTransport();
}
