/** First in, first out, in constant time: `Array.shift` moves every element that is left. */
export class Fifo<T> {
  private items: (T | undefined)[] = [];
  private head = 0;

  get size(): number {
    return this.items.length - this.head;
  }

  push(item: T): void {
    this.items.push(item);
  }

  peek(): T | undefined {
    return this.items[this.head];
  }

  shift(): T | undefined {
    if (this.head === this.items.length) return undefined;
    const item = this.items[this.head];
    this.items[this.head++] = undefined;
    if (this.head > 31 && this.head * 2 > this.items.length) {
      this.items = this.items.slice(this.head);
      this.head = 0;
    }
    return item;
  }

  /** Takes what came last. */
  pop(): T | undefined {
    return this.size === 0 ? undefined : this.items.pop();
  }

  /** Takes out what `leaves` picks, in order; what stays keeps its order. */
  remove(leaves: (item: T) => boolean): T[] {
    const gone: T[] = [];
    const stay: T[] = [];
    for (let at = this.head; at < this.items.length; at++) {
      const item = this.items[at] as T;
      (leaves(item) ? gone : stay).push(item);
    }
    this.items = stay;
    this.head = 0;
    return gone;
  }
}
