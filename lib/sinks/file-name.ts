import { createHash } from 'node:crypto';
import { methodOf, type FetchRequest } from '../model/request.js';
import { parseTarget } from '../model/target.js';

/** Characters of a name that a person can read; with digest and extension far below the 255 bytes of a file system. */
const mostReadable = 80;

/**
 * The name of the file for a request: `example-org-report-` and a digest, then the extension of the URL.
 *
 * Lower-case letters, digits and hyphens with one dot at most: no file system folds two of them into one, and no
 * name is reserved, hidden, or a path. Distinct requests have distinct digests.
 */
export function fileNameOf(request: FetchRequest): string {
  const { href } = parseTarget(request.url);
  const hash = createHash('sha256');
  const method = methodOf(request);
  if (method !== 'GET') hash.update(`${method} `);
  hash.update(href);
  if (request.body !== undefined) hash.update('\n').update(request.body);
  const { hostname, pathname } = new URL(href);
  const last = pathname.slice(pathname.lastIndexOf('/') + 1);
  const [, stem = last, extension = ''] = /^(.*?)(\.[a-z0-9]{1,8})?$/i.exec(last) ?? [];
  const readable = plain(`${hostname}-${stem}`).slice(0, mostReadable);
  return `${readable}-${hash.digest('hex').slice(0, 32)}${extension.toLowerCase()}`;
}

function plain(text: string): string {
  return text
    .toLowerCase()
    .replace(/%[0-9a-f]{2}|[^a-z0-9]+/g, '-')
    .replace(/-+/g, '-')
    .replace(/^-|-$/g, '');
}
