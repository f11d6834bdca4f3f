/** What goes on when its connection is free again. */
interface Released {
  released(): void;
}

/**
 * undici frees a connection in an immediate after the response has ended. Whoever goes on before that, with the
 * next hop or with the next URL once there is a page, has a second connection opened beside it.
 */
export function afterRelease(exchange: Released): void {
  process.nextTick(inImmediate, exchange); // by then undici has asked for its immediate
}

function inImmediate(exchange: Released): void {
  setImmediate(released, exchange);
}

function released(exchange: Released): void {
  exchange.released();
}
