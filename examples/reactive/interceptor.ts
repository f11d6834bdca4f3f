// An interceptor as Angular has them: a token is added, and renewed once when the server no longer takes it.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mergeMap, of } from 'rxjs';
import { fetchFrom, type Interceptor } from 'sluice';

const server = createServer(({ headers }, response) => {
  const welcome = headers.authorization === 'Bearer fresh';
  response.writeHead(welcome ? 200 : 401).end(welcome ? 'come in' : 'who are you?');
});

let token = 'stale';
const authorize: Interceptor = (request, next) => {
  const ask = () => next({ ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } });
  return ask().pipe(
    mergeMap((page) => {
      if (page.status !== 401) return of(page);
      console.log(`${token} is not taken: asking with another`);
      token = 'fresh';
      return ask();
    }),
  );
};

server.listen(0, '127.0.0.1', () => {
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  fetchFrom([`${origin}/1`, `${origin}/2`], { concurrency: 1, interceptors: [authorize] }).subscribe({
    next: (result) => console.log(result.index, result.ok ? result.value.text() : result.error.message),
    complete: () => {
      server.close();
      server.closeAllConnections();
    },
  });
});
