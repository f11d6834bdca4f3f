// The select-loop client of "non-blocking sockets + multiplexing": a list of requests, each with its own time-out
// and a callback (context, response, error). Arguments are URLs; without any a small local site is asked.
import { fetchFrom } from 'sluice';
import { urlsFor } from './site/small-site.js';

type Callback = (context: object, response: Uint8Array | null, error: Error | null) => void;

const callback: Callback = (context, response, error) => {
  console.log(
    context,
    response && `${response.byteLength} bytes`,
    error && `${error.name}: ${error.message}`,
  );
};

const items = (await urlsFor('/google', '/yahoo', '/nowhere', 'http://127.0.0.1:9/')).map((url) => {
  const { hostname: host, port, pathname } = new URL(url);
  return { host, port: Number(port || 80), method: 'GET', url: pathname, data: '', timeout: 5, callback };
});

const requests = items.map(({ host, port, method, url, data, timeout, callback }) => ({
  url: `http://${host}:${port}${url}`,
  method,
  timeout: timeout * 1_000,
  ...(data !== '' && { body: data }),
  context: { host, url, callback },
}));

fetchFrom(requests, { timeout: { connect: 1_000 }, retry: false }).subscribe((result) => {
  const { callback, ...context } = result.request.context ?? { callback: console.log };
  callback(context, result.ok ? result.value.body : null, result.ok ? null : result.error);
});
