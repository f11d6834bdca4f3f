/**
 * Joins `parts`, `size` bytes of them, in memory that nobody else has a part of. Node's pool would do it faster, but
 * it is 64 KiB from Node 24 on: a kept page of 1 KiB would hold all of them.
 */
export function joined(parts: readonly Uint8Array[], size: number): Buffer {
  const whole = Buffer.allocUnsafeSlow(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** zlib gives out a view of 16 KiB, however little is in it. */
export function compact(bytes: Buffer): Buffer {
  return bytes.length * 2 < bytes.buffer.byteLength ? joined([bytes], bytes.length) : bytes;
}
