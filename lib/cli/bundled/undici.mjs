// What the command has of undici: the parts that sluice imports. The whole takes three times as long to load.
import cache from 'undici/lib/interceptor/cache.js';

export { default as Agent } from 'undici/lib/dispatcher/agent.js';
export { default as buildConnector } from 'undici/lib/core/connect.js';
export * as errors from 'undici/lib/core/errors.js';
export const interceptors = { cache };
