import { createCipheriv } from 'node:crypto';

/** Bytes that no coding makes fewer, the same ones at each call. */
export function noise(length: number): Buffer {
  return createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16)).update(Buffer.alloc(length));
}
