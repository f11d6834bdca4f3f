import { Hold, type Load } from '../pipeline/hold.js';

/** Keeps a run from pulling on and on while records wait for an output: one that waits counts like one in flight. */
export class Backlog extends Hold {
  private readonly waiting = new Set<Promise<unknown>>();

  hasRoom({ underWay, atGate, concurrency }: Load): boolean {
    return this.waiting.size === 0 || this.waiting.size + underWay - atGate < concurrency;
  }

  override mayStart(load: Load): boolean {
    return this.hasRoom(load);
  }

  /** A record waits until it is `written`, which never rejects. */
  add(written: Promise<unknown>): void {
    const wait = written.then(() => {
      this.waiting.delete(wait);
      this.roomMade();
    });
    this.waiting.add(wait);
  }

  /** Resolves when none waits any more. */
  async end(): Promise<void> {
    await Promise.all(this.waiting);
  }
}
