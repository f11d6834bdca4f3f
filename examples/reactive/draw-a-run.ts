// Draws a run against two hosts, a quick one and a slow one: as text, and into the files that are named: .svg, .spec.ts.
import { createServer, type RequestListener } from 'node:http';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { fetchFrom, type FetchEvent } from 'sluice';
import { marbleDiagram, marbleSvg, toMarbleSpec } from 'sluice/observe';

let asked = 0;
const answers: RequestListener = ({ url, socket }, response) => {
  const isFirst = url === '/mended' && asked++ === 0;
  if (url === '/silent') return;
  const slow = socket.localAddress === '127.0.0.2';
  setTimeout(
    () => {
      response.statusCode = isFirst ? 503 : url === '/missing' ? 404 : 200;
      response.write('the first part, ');
      setTimeout(() => response.end('the second'), slow ? 70 : 15);
    },
    slow ? 70 : 25,
  );
};

const server = createServer(answers).listen(0, '0.0.0.0');
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
const quick = `http://127.0.0.1:${port}`;
const slow = `http://127.0.0.2:${port}`;
const urls = [
  `${quick}/front`,
  `${slow}/archive`,
  `${quick}/silent`,
  `${quick}/mended`,
  `${slow}/index`,
  `${quick}/missing`,
  `${slow}/map`,
  `${quick}/news`,
];

const options = { concurrency: 3, timeout: 240, retry: { limit: 2 } };
const events: FetchEvent[] = [];
fetchFrom(urls, {
  ...options,
  retry: { ...options.retry, backoff: (retry) => 60 * retry },
  events: { next: (event) => events.push(event) },
}).subscribe({
  complete: () => {
    console.log(marbleDiagram(events));
    for (const file of process.argv.slice(2)) {
      writeFileSync(file, file.endsWith('.svg') ? marbleSvg(events) : toMarbleSpec(events, options));
    }
    server.closeAllConnections();
    server.close();
  },
});
