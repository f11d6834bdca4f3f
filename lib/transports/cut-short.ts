/**
 * Whether an error of a body is that it was cut short: where the server had said `Connection: close`, undici takes its
 * closing too early for a breach of HTTP.
 */
export function isCutShort({
  code,
  message,
}: {
  readonly code?: unknown;
  readonly message: string;
}): boolean {
  return code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH' || message.includes('Invalid EOF state');
}
