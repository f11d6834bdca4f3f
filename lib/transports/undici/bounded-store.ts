import type { ResponseStore } from './cache.js';

type Key = Parameters<ResponseStore['get']>[0];
type Named = Pick<Key, 'origin' | 'method' | 'path'>;

/** What is in each store, by URL, that which was asked for last at the end. */
const orders = new WeakMap<ResponseStore, Map<string, Named>>();

/**
 * The store, which gives up what was not asked for the longest as soon as it is full. That of undici 7 finds nothing to
 * give up where each URL has one response: it grows for ever, whatever `maxSize` and `maxCount` say.
 */
export function boundedStore(store: ResponseStore): ResponseStore {
  if (!canBeFull(store)) return store; // such as that of SQLite, which sees to it itself
  const order = orders.get(store) ?? new Map<string, Named>();
  orders.set(store, order);

  const touch = ({ origin, method, path }: Key): void => {
    const name = `${origin}${path}`;
    order.delete(name); // the order in the Map is the order of use
    order.set(name, { origin, method, path });
  };
  const makeRoom = (): void => {
    for (const [name, key] of order) {
      if (!store.isFull()) return;
      order.delete(name);
      void store.delete(key);
    }
  };
  return {
    get: (key) => {
      if (order.has(`${key.origin}${key.path}`)) touch(key);
      return store.get(key);
    },
    createWriteStream: (key, value) => {
      const stream = store.createWriteStream(key, value);
      stream?.once('finish', () => {
        touch(key);
        makeRoom();
      });
      return stream;
    },
    delete: (key) => {
      order.delete(`${key.origin}${key.path}`);
      return store.delete(key);
    },
  };
}

function canBeFull(store: ResponseStore): store is ResponseStore & { isFull(): boolean } {
  return 'isFull' in store && typeof store.isFull === 'function';
}
