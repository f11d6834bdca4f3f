import { legacyHookDecode } from '@exodus/bytes/encoding-browser.js';
import sniffHtmlEncoding from 'html-encoding-sniffer';

/**
 * Bytes to text as a browser reads them: byte-order mark, then the charset of Content-Type, then `<meta>`
 * where the type is HTML or unknown, then UTF-8. Bytes that do not fit become U+FFFD. Browsers decode with their own
 * TextDecoder; elsewhere it is wrong too often (Node 20 takes 0x80 of windows-1252 for a control character), and the
 * package brings tables.
 * @see https://encoding.spec.whatwg.org/#decode
 */
export function decodeText(bytes: Uint8Array, contentType = ''): string {
  const label = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(contentType)?.[1];
  const type = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const encoding = sniffHtmlEncoding(bytes, {
    xml: type !== '' && type !== 'text/html', // no look at <meta>
    defaultEncoding: 'UTF-8',
    ...(label === undefined ? {} : { transportLayerEncodingLabel: label }),
  });
  return legacyHookDecode(bytes, encoding.toLowerCase());
}
