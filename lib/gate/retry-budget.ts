/**
 * Caps retries to a share of the traffic, so that a host that is down is not asked three times as often as one
 * that is up. A bucket of tokens: it begins with `reserve`, each first attempt adds `share`, each retry takes one.
 *
 * ```
 * share 0.2, reserve 10: 400 inputs at a host that is down cost 400 + 10 + 80 attempts
 * ```
 *
 * @see https://finagle.github.io/blog/2016/02/08/retry-budgets/
 */
export class RetryBudget {
  private tokens: number;
  private readonly most: number;

  constructor(
    private readonly share: number,
    private readonly reserve = 10,
  ) {
    this.tokens = share === Infinity ? Infinity : reserve;
    this.most = share === Infinity ? Infinity : reserve * 10;
  }

  /** It holds what it began with, or more. */
  get isFull(): boolean {
    return this.tokens >= this.reserve;
  }

  deposit(): void {
    this.tokens = Math.min(this.tokens + this.share, this.most);
  }

  /** Takes a token for a retry, if there is one. */
  withdraw(): boolean {
    if (this.tokens < 1 - 1e-6) return false; // five shares of 0.2 are a token, whatever binary fractions say
    this.tokens--;
    return true;
  }
}
