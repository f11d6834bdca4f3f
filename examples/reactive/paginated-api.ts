// A paginated API: each page says where the next one is. `expand` asks until there is none.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EMPTY, expand, mergeMap, toArray } from 'rxjs';
import { createFetcher } from 'sluice';

interface Listing {
  readonly items: readonly number[];
  readonly next?: string;
}

/** Five pages of three numbers each. */
const server = createServer(({ url = '/0' }, response) => {
  const page = Number(url.slice(1));
  const listing: Listing = {
    items: [0, 1, 2].map((n) => page * 3 + n),
    ...(page < 4 && { next: `/${page + 1}` }),
  };
  response.end(JSON.stringify(listing));
});
server.listen(0, '127.0.0.1', () => {
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const api = createFetcher({ rate: { limit: 50, per: 1_000 }, retry: 3 });
  const list = (path: string) => api.fetchPage(origin + path, { project: (page) => page.json<Listing>() });

  list('/0')
    .pipe(
      expand(({ next }) => (next === undefined ? EMPTY : list(next))),
      mergeMap(({ items }) => items),
      toArray(),
    )
    .subscribe((all) => {
      console.log(`${all.length} items:`, all.join(' '));
      server.close();
      server.closeAllConnections();
    });
});
