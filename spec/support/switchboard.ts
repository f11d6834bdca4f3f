import { Subject, type Observable } from 'rxjs';
import type { Page } from '../../lib/model/page.js';
import type { FetchRequest } from '../../lib/model/request.js';
import { page } from '../../lib/testing/index.js';

/** A transport whose pages come when the test says so: for tests of promises, which marbles cannot draw. */
export class Switchboard {
  /** The URLs asked for, in order. */
  readonly asked: string[] = [];
  private readonly pages = new Map<string, Subject<Page>>();

  readonly transport = ({ url }: FetchRequest): Observable<Page> => {
    this.asked.push(String(url));
    const page$ = new Subject<Page>();
    this.pages.set(String(url), page$);
    return page$;
  };

  /** The page of what was asked last at `url`. */
  answer(url: string): void {
    this.pages.get(url)?.next(page(url));
  }

  /** Whether somebody still waits for the page. */
  isOpen(url: string): boolean {
    return this.pages.get(url)?.observed ?? false;
  }
}

/** Resolves when every promise that could settle by itself has. */
export function settled(): Promise<void> {
  return new Promise(setImmediate);
}
