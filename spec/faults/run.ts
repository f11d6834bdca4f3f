import type { FetchRequest } from 'sluice';
import { selfSigned } from '../support/certificate.js';
import { onHead } from '../support/servers.js';
import type { Wire } from '../support/wire.js';
import { bodies } from './bodies.js';
import { connections } from './connections.js';
import { outcomesOf, type Fault, type Faults } from './fault.js';
import { framing } from './framing.js';
import { heads } from './heads.js';
import type { Case } from './records.js';
import { redirects } from './redirects.js';

/** Faults of an answer, by their names. */
const faults: Faults = { ...heads, ...framing, ...bodies, ...redirects };

/** What never ends by itself is waited for so long; all else must end of its own accord long before `patience`, in ms. */
const silence = 80;
const patience = 8_000;

function requestFor(
  name: string,
  url: string,
  fault: Case['fault'] & Pick<Fault, 'method'>,
): FetchRequest<Case> {
  const timeout = outcomesOf(fault).includes('timeout') ? silence : patience;
  return { url, timeout, context: { name, fault }, ...(fault.method ? { method: fault.method } : {}) };
}

/** Starts the servers. @returns a request for every fault */
export async function everyFault(wire: Pick<Wire, 'serve' | 'serveRaw'>): Promise<FetchRequest<Case>[]> {
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
