import { Observable, Subject, takeUntil, type MonoTypeOperatorFunction } from 'rxjs';
import { Hold, under, type Load } from '../pipeline/hold.js';
import { checkInOrderOptions } from '../pipeline/option-rules.js';
import type { InOrderOptions } from '../pipeline/options.js';
import { byIndex } from '../pipeline/records.js';

/** @inline */
interface Indexed {
  /** Position of the input in its source, from 0. */
  readonly index: number;
}

/**
 * Records in the order of their inputs, while it runs. One that came before its turn is held, and counts against
 * the pull: no more than `window` inputs are ever pulled and not passed on.
 *
 * ```
 * source   --b-c--a-----d|
 * inOrder  -------(abc)-d|
 * ```
 *
 * Put it before what drops records (`successes`, `filter`): a gap in the order holds what follows until the
 * end. A pipeline fed by other Observables than sluice's is not slowed; what it holds is not bounded.
 *
 * @throws TypeError for a wrong option, when called
 * @see https://github.com/ReactiveX/rxjs/issues/5519 a concatMap that runs ahead
 * @example
 * fetchFrom(urls, { concurrency: 16 }).pipe(inOrder({ window: 100 })).subscribe(console.log);
 */
export function inOrder<R extends Indexed>(options: InOrderOptions = {}): MonoTypeOperatorFunction<R> {
  checkInOrderOptions('inOrder', options);
  const { window = 1_000 } = options;
  return (source) =>
    new Observable((subscriber) => {
      const line = new ReorderWindow<R>(window, (result) => {
        subscriber.next(result);
        return !subscriber.closed;
      });
      const left = new Subject<void>();
      subscriber.add(() => left.next()); // takeUntil, not a subscription returned: it stops what emits on and on in one call
      source.pipe(under(line), takeUntil(left)).subscribe({
        next: (result) => line.arrived(result),
        error: (error: unknown) => {
          line.passAll();
          subscriber.error(error);
        },
        complete: () => {
          line.passAll();
          subscriber.complete();
        },
      });
    });
}

/** Records that came before their turn. */
class ReorderWindow<R extends Indexed> extends Hold {
  private readonly held = new Map<number, R>();
  private turn = 0;
  private passing = false;

  /** @param pass hands a record on; says whether it is wanted still */
  constructor(
    private readonly window: number,
    private readonly pass: (result: R) => boolean,
  ) {
    super();
  }

  /** One may always be under way: a record dropped upstream would stop everything for ever. */
  hasRoom({ underWay }: Load): boolean {
    return underWay === 0 || this.held.size + underWay < this.window;
  }

  arrived(result: R): void {
    const { index } = result;
    if (index < this.turn || this.held.has(index)) {
      this.pass(result); // its place is taken: by another pipeline that is merged with this one
      return;
    }
    this.held.set(index, result);
    if (this.passing) return; // whoever is passing on will come to it
    this.passing = true;
    for (let next = this.take(); next; next = this.take()) {
      if (!this.pass(next)) return;
    }
    this.passing = false;
    this.roomMade();
  }

  /** Nothing comes any more: what is left goes on, over the gaps. */
  passAll(): void {
    const rest = [...this.held.values()].sort(byIndex);
    this.held.clear();
    for (const result of rest) {
      if (!this.pass(result)) return;
    }
  }

  private take(): R | undefined {
    const result = this.held.get(this.turn);
    if (result) this.held.delete(this.turn++);
    return result;
  }
}
