import { inspect, isDeepStrictEqual } from 'node:util';

/** Throws, or returns false, when `actual` and `expected` differ. */
export type AssertDeepEqual = (actual: unknown, expected: unknown) => unknown;

/** Compares as Node's `assert.deepStrictEqual` does. */
export function nodeDeepEqual(actual: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(actual, expected))
    throw new Error(`Expected\n${show(expected)}\ngot\n${show(actual)}`);
}

function show(value: unknown): string {
  if (Array.isArray(value) && value.length > 0 && value.every(isSubscription)) {
    return value.map((one) => `  ${subscriptionMarbles(one)}`).join('\n');
  }
  return inspect(value, { depth: 6, sorted: true });
}

interface Subscribed {
  readonly subscribedFrame: number;
  readonly unsubscribedFrame: number;
}

function isSubscription(value: unknown): value is Subscribed {
  return typeof value === 'object' && value !== null && 'unsubscribedFrame' in value;
}

function subscriptionMarbles({ subscribedFrame, unsubscribedFrame }: Subscribed): string {
  const time = (frames: number): string => (frames < 25 ? '-'.repeat(frames) : `${frames}ms `);
  const rest = unsubscribedFrame - subscribedFrame - 1;
  if (unsubscribedFrame === Infinity) return `${time(subscribedFrame)}^`;
  const between = rest < 25 ? '-'.repeat(Math.max(0, rest)) : ` ${rest}ms `;
  return rest < 0 ? `${time(subscribedFrame)}(^!)` : `${time(subscribedFrame)}^${between}!`;
}
