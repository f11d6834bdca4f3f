// Follows the links of a page, two deep, and reports those that are broken.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EMPTY, expand, from, mergeMap } from 'rxjs';
import { createFetcher, failures } from 'sluice';

const site: Readonly<Record<string, string>> = {
  '/': '<a href="/about">about</a> <a href="/news">news</a> <a href="/gone">gone</a>',
  '/about': '<a href="/">home</a> <a href="/team">team</a> <a href="http://127.0.0.1:9/">a friend</a>',
  '/news': '<a href="/news/1">one</a> <a href="/lost">lost</a> <a href="http://[">odd</a>',
  '/news/1': '<a href="/too-deep">not followed</a>',
  '/team': 'nobody',
};
const server = createServer(({ url = '' }, response) => {
  response.writeHead(url in site ? 200 : 404, { 'content-type': 'text/html' }).end(site[url] ?? 'not here');
}).listen(0, '127.0.0.1', () => {
  const start = process.argv[2] ?? `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const checker = createFetcher({ concurrency: 16, perHost: { concurrency: 4 }, retry: 1 });
  const seen = new Set([start]);

  const visit = (url: string, depth: number, by: string) =>
    checker.fetchFrom([{ url, context: { depth, by } }]);

  visit(start, 0, 'the command line')
    .pipe(
      expand((result) => {
        const { depth = 0 } = result.request.context ?? {};
        if (!result.ok || depth === 2) return EMPTY;
        const { url, text } = { url: result.value.url, text: result.value.text() };
        const hrefs = [...text.matchAll(/<a\s[^>]*href="([^"#]+)/g)].map(([, href = '']) => href);
        const links = new Set(
          hrefs.map((href) => (URL.canParse(href, url) ? new URL(href, url).href : href)),
        );
        const fresh = [...links].filter((link) => !seen.has(link));
        for (const link of fresh) seen.add(link);
        return from(fresh).pipe(mergeMap((link) => visit(link, depth + 1, url)));
      }),
      failures(),
    )
    .subscribe({
      next: ({ error, request }) => {
        console.log(`broken: ${error.message} (linked from ${request.context?.by})`);
      },
      complete: () => {
        console.log(`${seen.size} links checked`);
        server.close();
        server.closeAllConnections();
      },
    });
});
