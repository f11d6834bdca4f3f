/** An item's place in a TimeQueue: what it takes to remove it. */
export interface Ticket<T> {
  readonly item: T;
  readonly due: number;
  /** Breaks ties: what came first leaves first. */
  readonly order: number;
  /** -1 once it has left. The queue's to set. */
  place: number;
}

/**
 * What is due when: a binary heap by time, from which any item can be removed in O(log n) by its ticket.
 * Tickets, not a Map of items: a Map builds itself anew every few deletions, and its abandoned tables keep
 * alive what was in them.
 */
export class TimeQueue<T> {
  private readonly heap: Ticket<T>[] = [];
  private order = 0;

  get size(): number {
    return this.heap.length;
  }

  /** When the next item is due; Infinity when there is none. */
  get next(): number {
    return this.heap[0]?.due ?? Infinity;
  }

  add(item: T, due: number): Ticket<T> {
    const ticket = { item, due, order: this.order++, place: this.heap.length };
    this.heap.push(ticket);
    this.rise(ticket);
    return ticket;
  }

  /** Whether it was there. */
  delete(ticket: Ticket<T>): boolean {
    const { place } = ticket;
    if (place === -1) return false;
    ticket.place = -1;
    const last = this.heap.pop();
    if (last && last !== ticket) {
      this.put(last, place);
      this.rise(last);
      this.sink(last);
    }
    return true;
  }

  /** Takes the item that has been due longest, if one is due. */
  take(now: number): T | undefined {
    const first = this.heap[0];
    if (!first || first.due > now) return undefined;
    this.delete(first);
    return first.item;
  }

  /** Takes out what `leaves` picks, earliest first. */
  remove(leaves: (item: T) => boolean): T[] {
    const gone = this.heap.filter((ticket) => leaves(ticket.item)).sort(byTime);
    for (const ticket of gone) this.delete(ticket);
    return gone.map(({ item }) => item);
  }

  private rise(ticket: Ticket<T>): void {
    while (ticket.place > 0) {
      const parent = this.heap[(ticket.place - 1) >> 1] as Ticket<T>;
      if (byTime(parent, ticket) <= 0) return;
      this.swap(parent, ticket);
    }
  }

  private sink(ticket: Ticket<T>): void {
    for (;;) {
      const left = this.heap[2 * ticket.place + 1];
      const right = this.heap[2 * ticket.place + 2];
      const child = left && right && byTime(right, left) < 0 ? right : left;
      if (!child || byTime(ticket, child) <= 0) return;
      this.swap(ticket, child);
    }
  }

  private swap(above: Ticket<T>, below: Ticket<T>): void {
    const { place } = above;
    this.put(above, below.place);
    this.put(below, place);
  }

  private put(ticket: Ticket<T>, place: number): void {
    this.heap[place] = ticket;
    ticket.place = place;
  }
}

function byTime(a: Ticket<unknown>, b: Ticket<unknown>): number {
  return a.due - b.due || a.order - b.order;
}
