// The select-loop client of "non-blocking sockets + multiplexing": a list of requests, each with its own time-out
// and a callback (context, response, error). Arguments are URLs; without any a small local site is asked.
import { fetchFrom } from 'sluice';
import { urlsFor } from './site/small-site.js';

type Callback = (context: object, response: Uint8Array | null, error: Error | null) => void;

const callback: Callback = (context, response, error) => {
  const answer = response && `${response.byteLength} bytes`;
  console.log(context, answer, error && `${error.name}: ${error.message}`);
};

const urls = await urlsFor('/google', '/yahoo', '/nowhere', '/silent', 'http://127.0.0.1:9/');

const items = urls
  .filter((url) => URL.canParse(url))
  .map((url) => {
    const { protocol, hostname: host, port, pathname, search } = new URL(url);
    const timeout = pathname === '/silent' ? 0.5 : 5;
    const usual = protocol === 'https:' ? 443 : 80;
    return {
      host,
      port: Number(port || usual),
      method: 'GET',
      url: pathname + search,
      data: '',
      timeout,
      callback,
    };
  });

const requests = items.map(({ host, port, method, url, data, timeout, callback }) => {
  console.log({ host, port, method, url, data, timeout });
  return {
    url: `${port === 443 ? 'https' : 'http'}://${host}:${port}${url}`,
    method,
    timeout: timeout * 1_000,
    ...(data !== '' && { body: data }),
    context: { host, url, callback },
  };
});

// any answer is a response, as it was there: a 404 is no error of the client
fetchFrom(requests, { timeout: { connect: 1_000 }, retry: false, acceptStatus: () => true }).subscribe(
  (result) => {
    const { callback, ...context } = result.request.context ?? { callback: console.log };
    callback(context, result.ok ? result.value.body : null, result.ok ? null : result.error);
  },
);

for (const url of urls) if (!URL.canParse(url)) console.log(`${url} is not a URL`);
