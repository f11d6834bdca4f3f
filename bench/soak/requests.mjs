/** How long a fault that must end by itself may take on a machine that is busy, in ms. */
const patience = 60_000;
const mixed = ['page', 'page', 'page', 'gzip', 'br', 'hop/2', 'busy', 'missing'];
const dueAt = { busy: ['page', 'http'], missing: ['http'] };
let serial = 0;

/** `count` requests to sites in turn, for a path of theirs or a mixture; what is due for each is its context. */
export function requestsTo(sites, count, { path, due, isKnown = false } = {}) {
  return Array.from({ length: count }, (_, at) => {
    const name = path ?? mixed[at % mixed.length];
    const url = `${sites[at % sites.length]}/${name}/${isKnown ? at : serial++}`;
    return { url, context: { due: due ?? dueAt[name] ?? ['page'] } };
  });
}

/** Requests to hosts that are never asked again. */
export function toStrangers([site], count) {
  const { port } = new URL(site);
  return Array.from({ length: count }, () => `http://host-${serial++}.test:${port}/page/0`);
}

/** One request for each fault, in another order each time. */
export function toFaults(faults) {
  return faults
    .map(({ context: { name, fault }, ...request }) => {
      const due = [fault.outcome].flat();
      const timeout = due.includes('timeout') ? request.timeout : patience;
      return { ...request, timeout, context: { name, due } };
    })
    .sort(() => Math.random() - 0.5);
}
