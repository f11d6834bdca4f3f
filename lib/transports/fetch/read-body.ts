/**
 * The bytes of a stream, in one piece that holds nothing else. `tooLong` is called with the size once it is over
 * `limit`, and throws.
 */
export async function readBody(
  stream: ReadableStream<Uint8Array>,
  limit: number,
  tooLong: (size: number) => never,
): Promise<Uint8Array> {
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return joined(chunks, size);
    size += value.length;
    if (size > limit) tooLong(size);
    chunks.push(value);
  }
}

function joined(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const [only] = chunks;
  // a chunk may be a view of a larger buffer, all of which a kept page would hold
  if (only && chunks.length === 1 && only.length === only.buffer.byteLength) return only;
  const body = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.length;
  }
  return body;
}
