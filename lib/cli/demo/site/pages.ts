import type { FailureKind } from '../../../model/fetch-error.js';
import {
  comesBack,
  delayOf,
  times,
  writes,
  type Answer,
  type Fault,
  type PageRoute,
  type Route,
} from './routes.js';

/** The host whose pages are all busy at first; apart from the others, as Retry-After holds up a whole host. */
const busyHost = 3;

const written = times(226, (n): PageRoute => {
  return { path: `/pages/${n}`, delay: delayOf(n), answer: writes(n), expected: comesBack(n) };
});

/** Pages that fail at the first request and answer the second. */
function heals(path: string, first: Answer, seed: number, host?: number): PageRoute {
  const page = { path, delay: 30, first, answer: writes(seed), expected: comesBack(seed, 2) };
  return host === undefined ? page : { ...page, host };
}

const busy = times(5, (n) =>
  heals(`/busy/${n}`, { does: 'refuse', status: 503, retryAfter: 1 }, n, busyHost),
);
const shaky = [
  ...times(10, (n) => heals(`/shaky/${n}`, { does: 'refuse', status: 500 }, n)),
  ...times(3, (n) => heals(`/flaky/${n}`, { does: 'fail', fault: 'cut' }, n)),
];

function redirects(path: string, status: number, location: string): Route {
  return { path, delay: 20, answer: { does: 'redirect', status, location } };
}

const moved = times(12, (n): PageRoute => {
  return { ...redirects(`/moved/${n}`, n % 2 ? 301 : 302, `/pages/${n}`), expected: comesBack(n, 1, 1) };
});
/** Three redirects to a page, each to another host. */
const chains = times(6, (n): PageRoute => {
  return { ...redirects(`/chain/${n}`, 302, `/chain/${n}/2`), expected: comesBack(n, 1, 3) };
});
const hops = chains.flatMap(({ path }, n) => [
  redirects(`${path}/2`, 307, `${path}/3`),
  redirects(`${path}/3`, 308, `/pages/${n}`),
]);
const loops = times(2, (n): PageRoute => {
  return { ...redirects(`/loop/${n}`, 302, `/loop/${n}`), expected: { ok: false, kind: 'redirect' } };
});

function fails(count: number, kind: FailureKind, path: string, answer: Answer, delay = 20): PageRoute[] {
  return times(count, (n) => ({ path: `${path}/${n}`, delay, answer, expected: { ok: false, kind } }));
}

const fault = (name: Fault): Answer => ({ does: 'fail', fault: name });

const failing = [
  ...fails(11, 'http', '/missing', { does: 'refuse', status: 404 }),
  ...fails(3, 'http', '/gone', { does: 'refuse', status: 410 }),
  ...fails(1, 'http', '/broken', { does: 'refuse', status: 500 }),
  ...fails(2, 'network', '/reset', fault('reset')),
  ...fails(1, 'network', '/closed', fault('close')),
  ...fails(2, 'network', '/cut', fault('cut')),
  ...fails(1, 'redirect', '/nowhere', { does: 'redirect', status: 302 }),
  ...fails(1, 'protocol', '/garbage', fault('garbage')),
  ...fails(1, 'decode', '/miscoded', fault('miscoded')),
  ...fails(1, 'too-large', '/huge', fault('huge')),
  ...loops,
];
const silent = [
  ...fails(2, 'timeout', '/hang', fault('hang')),
  ...fails(1, 'timeout', '/stall', fault('stall')),
];

/** Whole URLs that never reach a server of the site, and how their fetch fails. */
export const strayUrls: readonly { readonly url: string; readonly kind: FailureKind }[] = [
  { url: 'not a url', kind: 'invalid' },
  { url: 'ftp://127.0.0.1/pages/0', kind: 'invalid' },
  // two dots: every resolver refuses the name by itself, with or without a network
  { url: 'http://no-such-host..invalid/', kind: 'dns' },
  { url: 'http://127.0.0.1:1/', kind: 'connect' },
];

/** The site's pages: what takes longest comes first, the rest well mixed. */
export const pages: readonly PageRoute[] = [
  ...silent,
  ...busy,
  ...mixed(written, shaky, moved, chains, failing),
];

/** Everything the server knows: the pages, and the hops between redirects. */
export const routes: ReadonlyMap<string, Route> = new Map(
  [...pages, ...hops].map((route) => [route.path, route]),
);

/** All groups in one list, each spread evenly over it. */
function mixed<T>(...groups: readonly (readonly T[])[]): T[] {
  return groups
    .flatMap((group) => group.map((item, n) => ({ item, place: (n + 0.5) / group.length })))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}
