import { asyncScheduler } from 'rxjs';
import type { Page } from '../../model/page.js';
import { methodOf, type FetchRequest } from '../../model/request.js';
import type { FetchResult } from '../../model/result.js';
import { hideCredentials, parseTarget, type Target } from '../../model/target.js';
import type { RecordLine } from '../report/record-line.js';
import { requestHead, responseHead } from './http-block.js';
import { inMemory, payloadOf, type Payload } from './payload.js';
import { newId, type Draft } from './record.js';

/**
 * What an archive holds of a result: `response` and `request` where there is a page, and `metadata` where these do not
 * say it all: there is no page, or redirects led to it.
 *
 * @param warcinfo id of the record that describes the file
 */
export async function draftsOf(
  result: FetchResult<unknown>,
  line: RecordLine,
  warcinfo: string,
): Promise<Draft[]> {
  const { request } = result;
  const page = pageOf(result);
  const asked = targetOf(request.url);
  const date = dateOf(line);
  const metadata = (fields: Draft['fields']): Draft => ({
    type: 'metadata',
    id: newId(),
    date,
    fields: {
      'WARC-Target-URI': asked?.href,
      'WARC-Warcinfo-ID': warcinfo,
      'Content-Type': 'application/json',
      ...fields,
    },
    payload: inMemory(Buffer.from(JSON.stringify(storable(line)))),
  });
  if (!page) return [metadata({})];

  const payload = await payloadOf(page);
  const response: Draft = {
    type: 'response',
    id: newId(),
    date,
    fields: {
      'WARC-Target-URI': uriOf(page.url),
      'WARC-Warcinfo-ID': warcinfo,
      ...(payload.isLost && { 'WARC-Truncated': 'unspecified' }),
    },
    head: responseHead(page.status, page.headers, hasBody(request, page) ? payload.bytes : undefined),
    payload,
  };
  const shared = { 'WARC-Warcinfo-ID': warcinfo, 'WARC-Concurrent-To': response.id };
  const sent = lastRequest(request, page, asked);
  const body = bodyOf(request);
  return [
    response,
    ...(sent
      ? [
          {
            type: 'request' as const,
            id: newId(),
            date,
            fields: { 'WARC-Target-URI': sent.href, ...shared },
            head: requestHead(request, sent, body.bytes),
            payload: body,
          },
        ]
      : []),
    ...(page.redirects.length > 0 ? [metadata(shared)] : []),
  ];
}

/** The page of a result, also that of an error. */
function pageOf(result: FetchResult<unknown>): Page | undefined {
  if (!result.ok) return result.error.page;
  const { url, status, headers, body } = (result.value ?? {}) as Partial<Page>;
  if (typeof url === 'string' && typeof status === 'number' && headers && body) return result.value as Page;
  throw new TypeError(
    `write: record ${result.index} holds no page: archive records without \`project\`, and before mapSuccess`,
  );
}

/** Where the request that was answered went: the last of redirects, unless these may have changed its method. */
function lastRequest(request: FetchRequest, page: Page, asked: Target | undefined): Target | undefined {
  const method = methodOf(request);
  return method === 'GET' || method === 'HEAD' ? targetOf(page.url) : asked;
}

function bodyOf({ body }: FetchRequest): Payload {
  return inMemory(typeof body === 'string' ? Buffer.from(body) : (body ?? new Uint8Array()));
}

/** RFC 9110 §6.4.1. */
function hasBody(request: FetchRequest, { status }: Page): boolean {
  return methodOf(request) !== 'HEAD' && status >= 200 && status !== 204 && status !== 304;
}

/** When the attempt that gave the record began. */
function dateOf({ pulled, tries, duration }: RecordLine): string {
  const began = pulled === undefined ? asyncScheduler.now() - duration : pulled + (tries?.at(-1)?.start ?? 0);
  return new Date(began).toISOString();
}

/** The line without what is in the response record, or should be in no archive. */
function storable({ body, bodyEncoding, ...line }: RecordLine): RecordLine {
  const url = targetOf(line.request.url)?.href ?? hideCredentials(line.request.url);
  return { ...line, request: { ...line.request, url } };
}

function targetOf(url: string | URL): Target | undefined {
  try {
    return parseTarget(url);
  } catch {
    return undefined; // what is no URL was not asked
  }
}

/** A page of a transport of the user's own may have any URL. */
function uriOf(url: string): string {
  return (
    targetOf(url)?.href ??
    Array.from(Buffer.from(url), (byte) =>
      byte > 0x20 && byte < 0x7f
        ? String.fromCharCode(byte)
        : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
    ).join('')
  );
}
