import { Hold, type Load } from '../pipeline/hold.js';

/** Keeps a run from pulling on and on while records wait for an output: one that waits counts like one in flight. */
export class Backlog extends Hold {
  private readonly waiting = new Set<Promise<unknown>>();
  private latest: Load | undefined;
  private landed: (() => void) | undefined;
  private isClosed = false;

  /** Attempts under way, as far as was heard. */
  get inFlight(): number {
    return this.latest ? this.latest.underWay - this.latest.atGate : 0;
  }

  hasRoom({ underWay, atGate, concurrency }: Load): boolean {
    return this.waiting.size === 0 || this.waiting.size + underWay - atGate < concurrency;
  }

  override mayStart(load: Load): boolean {
    this.latest = load;
    if (!this.isClosed) return this.hasRoom(load);
    if (this.inFlight === 0 && load.atGate > 0 && this.landed) {
      queueMicrotask(this.landed); // not in the middle of what the pipeline does
      this.landed = undefined;
    }
    return false;
  }

  /** Lets nothing start any more. `landed` is called when nothing is in flight, and inputs are left that wait. */
  close(landed: () => void): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.landed = landed;
    this.roomMade();
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
