interface Entry<T> {
  readonly item: T;
  readonly due: number;
  /** Breaks ties: what came first leaves first. */
  readonly order: number;
  place: number;
}

/** What is due when: a binary heap by time, with removal of any item in O(log n). */
export class TimeQueue<T> {
  private readonly heap: Entry<T>[] = [];
  private readonly entries = new Map<T, Entry<T>>();
  private order = 0;

  get size(): number {
    return this.heap.length;
  }

  /** When the next item is due; Infinity when there is none. */
  get next(): number {
    return this.heap[0]?.due ?? Infinity;
  }

  add(item: T, due: number): void {
    const entry = { item, due, order: this.order++, place: this.heap.length };
    this.entries.set(item, entry);
    this.heap.push(entry);
    this.rise(entry);
  }

  delete(item: T): boolean {
    const entry = this.entries.get(item);
    if (!entry) return false;
    this.entries.delete(item);
    const last = this.heap.pop();
    if (last && last !== entry) {
      this.put(last, entry.place);
      this.rise(last);
      this.sink(last);
    }
    return true;
  }

  /** Takes the item that has been due longest, if one is due. */
  take(now: number): T | undefined {
    const first = this.heap[0];
    if (!first || first.due > now) return undefined;
    this.delete(first.item);
    return first.item;
  }

  /** Takes out what `leaves` picks, earliest first. */
  remove(leaves: (item: T) => boolean): T[] {
    const gone = this.heap.filter((entry) => leaves(entry.item)).sort(byTime);
    for (const { item } of gone) this.delete(item);
    return gone.map(({ item }) => item);
  }

  private rise(entry: Entry<T>): void {
    while (entry.place > 0) {
      const parent = this.heap[(entry.place - 1) >> 1] as Entry<T>;
      if (byTime(parent, entry) <= 0) return;
      this.swap(parent, entry);
    }
  }

  private sink(entry: Entry<T>): void {
    for (;;) {
      const left = this.heap[2 * entry.place + 1];
      const right = this.heap[2 * entry.place + 2];
      const child = left && right && byTime(right, left) < 0 ? right : left;
      if (!child || byTime(entry, child) <= 0) return;
      this.swap(entry, child);
    }
  }

  private swap(above: Entry<T>, below: Entry<T>): void {
    const place = above.place;
    this.put(above, below.place);
    this.put(below, place);
  }

  private put(entry: Entry<T>, place: number): void {
    this.heap[place] = entry;
    entry.place = place;
  }
}

function byTime(a: Entry<unknown>, b: Entry<unknown>): number {
  return a.due - b.due || a.order - b.order;
}
