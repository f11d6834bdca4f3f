/** Options of `robots`. */
export interface RobotsOptions {
  /**
   * Who asks, such as `ExampleBot/1.0 (+https://example.org/bot)`: what is before the slash is the name that the rules
   * are looked up by. Each robots.txt is asked for under it; pages are not: see `userAgent`.
   */
  readonly userAgent: string;
  /** How long a robots.txt holds, in ms. @default 86_400_000 */
  readonly ttl?: number;
  /** Longest Crawl-delay that is kept, in ms; a host that asks for more is `blocked`. @default 60_000 */
  readonly maxCrawlDelay?: number;
}

/** @throws TypeError for a wrong option */
export function checkRobotsOptions(options: Partial<RobotsOptions> | undefined): Required<RobotsOptions> {
  const { userAgent, ttl = 86_400_000, maxCrawlDelay = 60_000 } = options ?? {};
  if (typeof userAgent !== 'string' || !/^[\w-]+(\/|\s|$)/.test(userAgent)) {
    throw new TypeError(
      `robots: expected \`userAgent\` to begin with a name of letters, digits, _ and -, such as ExampleBot/1.0, got ${shown(userAgent)}`,
    );
  }
  if (typeof ttl !== 'number' || !(ttl > 0)) {
    throw new TypeError(`robots: expected \`ttl\` to be a number of ms above 0, got ${shown(ttl)}`);
  }
  if (typeof maxCrawlDelay !== 'number' || !(maxCrawlDelay >= 0)) {
    throw new TypeError(
      `robots: expected \`maxCrawlDelay\` to be a number of ms from 0 up, got ${shown(maxCrawlDelay)}`,
    );
  }
  return { userAgent, ttl, maxCrawlDelay };
}

function shown(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
