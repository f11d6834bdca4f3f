import { joined } from './own-memory.js';

/** Chunks below this many bytes are copied together. */
const small = 4_096;
const blockBytes = 65_536;

/**
 * The body of a response, as it comes. A chunk of a single byte costs a hundred when it is kept as it is, and it is the
 * server who says how long chunks are: the small ones are copied together, so that a body costs at most twice its bytes.
 */
export class BodyChunks {
  private size = 0;
  private readonly chunks: Buffer[] = [];
  /** Takes what comes next, for as long as it fits. */
  private block: Buffer | null = null;
  private filled = 0;

  push(chunk: Buffer): void {
    if (this.block && this.filled + chunk.length > this.block.length) this.close();
    const isFirst = this.size === 0; // most bodies have no other
    if (this.block || (chunk.length < small && !isFirst)) this.copy(chunk);
    else this.chunks.push(chunk);
    this.size += chunk.length;
  }

  /** In order; nothing is pushed after that. */
  get pieces(): readonly Buffer[] {
    this.close();
    return this.chunks;
  }

  concat(): Buffer {
    const { pieces, size } = this;
    return pieces.length === 1 && pieces[0] ? pieces[0] : joined(pieces, size);
  }

  private copy(chunk: Buffer): void {
    this.block ??= Buffer.allocUnsafeSlow(Math.min(blockBytes, Math.max(small, this.size)));
    chunk.copy(this.block, this.filled);
    this.filled += chunk.length;
  }

  private close(): void {
    if (this.block) this.chunks.push(this.block.subarray(0, this.filled));
    this.block = null;
    this.filled = 0;
  }
}
