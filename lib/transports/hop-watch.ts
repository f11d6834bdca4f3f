import type { FetchRequest } from '../model/request.js';

/**
 * Looks at a redirect that a transport is about to follow, and gives the headers that the next hop takes along: in
 * place of those of that name, or, where undefined, without them. What it throws is the attempt's error.
 *
 * @param from the URL that redirects
 * @param answer the headers of its answer
 * @param to where it leads
 */
export type HopWatch = (
  from: string,
  answer: Readonly<Record<string, string | string[]>>,
  to: string,
) => Readonly<Record<string, string | undefined>> | undefined;

/** Where a request carries one: a transport that follows redirects by itself asks it, others pass it over. */
const hopWatch: unique symbol = Symbol.for('sluice.hopWatch') as never; // one for two copies of the package

interface WatchedRequest extends FetchRequest {
  readonly [hopWatch]?: HopWatch;
}

/** The request with a watch over its redirects, besides the one that it has. */
export function watched(request: FetchRequest, watch: HopWatch): FetchRequest {
  const outer = (request as WatchedRequest)[hopWatch];
  const both: HopWatch = (...hop) => ({ ...outer?.(...hop), ...watch(...hop) });
  const changed: WatchedRequest = { ...request, [hopWatch]: outer ? both : watch };
  return changed;
}

/** One hop of a fetch, as a transport has it. */
interface Hop {
  readonly request: FetchRequest;
  readonly target: { readonly href: string };
}

/** The hop that `from` leads to, as its watch would have it. */
export function watchedHop<H extends Hop>(from: H, answer: Parameters<HopWatch>[1], to: H): H {
  const watch = (from.request as WatchedRequest)[hopWatch];
  if (!watch) return to;
  const changed = watch(from.target.href, answer, to.target.href);
  const headers = Object.entries({ ...to.request.headers, ...changed }).filter(
    (header): header is [string, string | readonly string[]] => header[1] !== undefined,
  );
  const request: WatchedRequest = {
    ...to.request,
    headers: Object.fromEntries(headers),
    [hopWatch]: watch,
  };
  return { ...to, request };
}
