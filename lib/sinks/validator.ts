type Headers = Readonly<Record<string, string | string[]>>;

/**
 * What tells a body from every other one at the same URL, byte for byte: a strong ETag, or a Last-Modified that was a
 * minute old at least (RFC 9110 §8.8.2.2). Undefined where there is none, or the bytes are those of a coding.
 */
export function validatorOf(headers: Headers): string | undefined {
  const coding = headers['content-encoding'];
  if (coding !== undefined && coding !== 'identity') return undefined;
  const { etag, date, 'last-modified': modified } = headers;
  if (typeof etag === 'string') return etag.startsWith('"') ? etag : undefined;
  if (typeof modified !== 'string' || typeof date !== 'string') return undefined;
  return Date.parse(date) - Date.parse(modified) >= 60_000 ? modified : undefined;
}
