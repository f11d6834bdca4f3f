import { interceptors, type Dispatcher } from 'undici';
import { boundedStore } from './bounded-store.js';
import { Passing } from './passing.js';

/** Where responses are kept: undici's `cacheStores.MemoryCacheStore`, or one of that shape. */
export type ResponseStore = NonNullable<NonNullable<Parameters<typeof interceptors.cache>[0]>['store']>;

type Dispatching = Pick<Dispatcher, 'dispatch'>;
type Handler = Dispatcher.DispatchHandler;
type Controller = Dispatcher.DispatchController;
type Headers = Record<string, string | string[]>;

/** What the server was asked on behalf of one request. */
interface Asked {
  /** The status of its answer; undefined: it was not asked, or has not answered. */
  status?: number;
  /** Something was in the cache, and no longer fresh. */
  isStale?: boolean;
}

const asked: unique symbol = Symbol('asked');
type Options = Dispatcher.DispatchOptions & { [asked]?: Asked };

/** The dispatcher behind undici's cache (RFC 9111), which in `cache-status` (RFC 9211) says what it did. */
export function cachedBy(dispatcher: Dispatching, store: ResponseStore): Dispatching {
  const layers: Dispatcher.DispatcherComposeInterceptor[] = [
    (dispatch) => (options, handler) => dispatch(options, new FromServer(handler, options)),
    interceptors.cache({ store: boundedStore(store) }),
    (dispatch) => (options, handler) => {
      if (options.method !== 'GET') return dispatch(options, handler);
      const note: Asked = {};
      const noted: Options = { ...options, [asked]: note };
      return dispatch(noted, new FromCache(handler, note));
    },
  ];
  const dispatch = layers.reduce<Dispatcher['dispatch']>(
    (inner, layer) => layer(inner),
    (options, handler) => dispatcher.dispatch(options, handler),
  );
  return { dispatch };
}

/** Between the server and the cache. */
class FromServer extends Passing {
  private readonly note: Asked | undefined;

  constructor(handler: Handler, options: Options) {
    super(handler);
    this.note = options[asked];
    if (this.note && 'if-modified-since' in (options.headers as object)) this.note.isStale = true;
  }

  /** The cache takes a 103 for the answer to its question whether what it has still holds, and fails on the answer. */
  override onResponseStart(controller: Controller, status: number, headers: Headers, text?: string): void {
    if (status < 200) return;
    if (this.note) this.note.status = status;
    super.onResponseStart(controller, status, headers, text);
  }
}

/** Between the cache and who asks. */
class FromCache extends Passing {
  constructor(
    handler: Handler,
    private readonly note: Asked,
  ) {
    super(handler);
  }

  override onResponseStart(controller: Controller, status: number, headers: Headers, text?: string): void {
    const before = [headers['cache-status'] ?? []].flat();
    const said = [...before, statusOf(this.note)].join(', ');
    super.onResponseStart(controller, status, { ...headers, 'cache-status': said }, text);
  }

  /** To `only-if-cached` for what is not there the cache answers as undici's handlers of old understood it. */
  onHeaders(status: number): boolean {
    super.onRequestStart(nothingToAbort, undefined);
    super.onResponseStart(nothingToAbort, status, { 'cache-status': 'sluice; fwd=miss' });
    return true;
  }

  onComplete(): void {
    super.onResponseEnd(nothingToAbort, {});
  }
}

const nothingToAbort = { abort: () => undefined } as unknown as Controller; // the rest of it is not looked at

function statusOf({ status, isStale }: Asked): string {
  if (status === undefined) return 'sluice; hit';
  return isStale ? `sluice; fwd=stale; fwd-status=${status}` : 'sluice; fwd=miss';
}
