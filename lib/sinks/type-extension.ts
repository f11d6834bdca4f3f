/** What files of a media type usually end with. Made of these alone, a name is as safe as it was. */
const extensions: Readonly<Record<string, string>> = {
  'application/atom+xml': '.atom',
  'application/epub+zip': '.epub',
  'application/gzip': '.gz',
  'application/javascript': '.js',
  'application/json': '.json',
  'application/ld+json': '.jsonld',
  'application/pdf': '.pdf',
  'application/rss+xml': '.rss',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': '.pptx',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': '.xlsx',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': '.docx',
  'application/wasm': '.wasm',
  'application/x-ndjson': '.ndjson',
  'application/xhtml+xml': '.xhtml',
  'application/xml': '.xml',
  'application/zip': '.zip',
  'audio/mpeg': '.mp3',
  'audio/ogg': '.ogg',
  'font/woff': '.woff',
  'font/woff2': '.woff2',
  'image/avif': '.avif',
  'image/gif': '.gif',
  'image/jpeg': '.jpg',
  'image/png': '.png',
  'image/svg+xml': '.svg',
  'image/vnd.microsoft.icon': '.ico',
  'image/webp': '.webp',
  'image/x-icon': '.ico',
  'text/calendar': '.ics',
  'text/css': '.css',
  'text/csv': '.csv',
  'text/html': '.html',
  'text/javascript': '.js',
  'text/markdown': '.md',
  'text/plain': '.txt',
  'text/xml': '.xml',
  'video/mp4': '.mp4',
  'video/webm': '.webm',
};

/** What a type that is not known by itself is written in: `application/problem+json` (RFC 6839). */
const suffixes: Readonly<Record<string, string>> = { json: '.json', xml: '.xml', zip: '.zip' };

/**
 * The extension for a Content-Type, such as `.html`; empty where there is none, or none is known.
 *
 * @param header parameters, case and white space do not matter; of several headers the first one counts
 */
export function typeExtension(header: string | readonly string[] | undefined): string {
  const first = typeof header === 'string' ? header : header?.[0];
  const type = first?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (Object.hasOwn(extensions, type)) return extensions[type] ?? '';
  const suffix = /\+(json|xml|zip)$/.exec(type)?.[1] ?? '';
  return suffixes[suffix] ?? '';
}
