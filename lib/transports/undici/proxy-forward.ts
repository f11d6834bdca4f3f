import type { Agent, Dispatcher } from 'undici';
import { Passing } from './passing.js';
import { proxyRefused } from './proxy-error.js';
import type { ProxyServer } from './proxy-tunnel.js';

type Controller = Dispatcher.DispatchController;
type Headers = Record<string, string | string[]>;

/** Asks a proxy for a page of a plain `http:` origin, by its whole URL (RFC 9112 §3.2.2). */
export function forward(
  proxy: ProxyServer,
  agent: Agent,
  options: Dispatcher.DispatchOptions,
  handler: Dispatcher.DispatchHandler,
): boolean {
  const origin = String(options.origin);
  const headers = [...(options.headers as string[])]; // the transport makes a list
  if (!headers.some((text, at) => at % 2 === 0 && text.toLowerCase() === 'host')) {
    headers.push('host', new URL(origin).host);
  }
  if (proxy.authorization !== undefined) headers.push('proxy-authorization', proxy.authorization);
  return agent.dispatch(
    { ...options, origin: proxy.origin.origin, path: origin + options.path, headers },
    new Forwarded(proxy.name, handler),
  );
}

/** Hands a response on, unless it is the proxy's own demand for credentials: no server has reason to send that. */
class Forwarded extends Passing {
  constructor(
    private readonly name: string,
    handler: Dispatcher.DispatchHandler,
  ) {
    super(handler);
  }

  override onResponseStart(controller: Controller, status: number, headers: Headers, text?: string): void {
    if (status === 407) controller.abort(proxyRefused(this.name, status, 'the request'));
    else super.onResponseStart(controller, status, headers, text);
  }
}
