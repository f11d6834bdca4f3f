import type { SchedulerLike, Subscription } from 'rxjs';
import type { Output } from './output.js';

/** Characters that are worth a write of their own. */
const batch = 64 * 1024;
/** Characters that may wait behind a write before who adds more has to wait. */
const mostWaiting = 1024 * 1024;
/** How long a line waits for others in ms. */
const patience = 50;

/** Lines on their way to an output, many to a write. */
export class LineWriter {
  private text = '';
  private timer: Subscription | undefined;
  private writing: Promise<void> | undefined;
  private failure: { readonly error: unknown } | undefined;

  /** @param failed is told of a write that fails while nobody waits for it */
  constructor(
    private readonly output: Output,
    private readonly scheduler: SchedulerLike,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Adds whole lines. The promise is there when too much waits to be written. */
  add(lines: string): Promise<void> | undefined {
    if (this.failure) throw this.failure.error;
    this.text += lines;
    if (this.text.length >= batch) this.flush();
    else this.timer ??= this.scheduler.schedule(() => this.flush(), patience);
    return this.text.length >= mostWaiting ? this.whenWritten() : undefined;
  }

  /** Opens the output before there is a line. */
  async begin(): Promise<void> {
    await this.output.begin?.();
  }

  /** Resolves when all is written and the output is at its end. */
  async end(): Promise<void> {
    this.flush();
    await this.whenWritten();
    await this.output.end();
  }

  private flush(): void {
    this.timer?.unsubscribe();
    this.timer = undefined;
    // not when there is nothing: it would be over before it is noted, and be taken for one that goes on
    if (this.text !== '' && !this.failure) this.writing ??= this.write();
  }

  private async write(): Promise<void> {
    try {
      while (this.text !== '') {
        const chunk = Buffer.from(this.text);
        this.text = '';
        await this.output.write(chunk);
      }
    } catch (error) {
      this.failure = { error };
      this.failed(error);
    }
    this.writing = undefined;
  }

  private async whenWritten(): Promise<void> {
    await this.writing;
    if (this.failure) throw this.failure.error;
  }
}
