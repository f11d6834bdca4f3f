import { Observable, type Subscriber } from 'rxjs';
import type { FetchRequest, Page, Transport } from 'sluice';
import { page } from 'sluice/testing';

/** A transport that answers when it is told to. Counts who asks it, and who is waiting for an answer. */
export class Net {
  asked = 0;
  mostInFlight = 0;
  private readonly waiting: { readonly url: string; readonly subscriber: Subscriber<Page> }[] = [];

  readonly transport: Transport = (request: FetchRequest) =>
    new Observable<Page>((subscriber) => {
      const one = { url: String(request.url), subscriber };
      this.asked++;
      this.waiting.push(one);
      this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
      subscriber.add(() => this.waiting.splice(this.waiting.indexOf(one), 1));
    });

  get inFlight(): number {
    return this.waiting.length;
  }

  /** URLs that wait for an answer, the first asked first. */
  get urls(): string[] {
    return this.waiting.map(({ url }) => url);
  }

  /** Answers who asked first, or who asked for `url`. */
  answer(status = 200, url = this.waiting[0]?.url): void {
    const one = this.waiting.find((asker) => asker.url === url);
    if (!one) throw new Error(`Nobody asks for ${String(url)}`);
    one.subscriber.next(page(one.url, { status }));
    one.subscriber.complete();
  }

  /** Answers on and on, until nobody asks any more. */
  answerAll(status = 200): void {
    while (this.waiting.length > 0) this.answer(status);
  }

  /** Lets the attempt that was asked for first fail. */
  fail(error: unknown): void {
    this.waiting[0]?.subscriber.error(error);
  }
}

/** So many URLs: http://h/0, http://h/1 … */
export function urls(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `http://h/${index}`);
}
