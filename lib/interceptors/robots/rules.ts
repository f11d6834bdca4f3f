import robotsParser from 'robots-parser';
import { FetchError } from '../../model/fetch-error.js';
import type { Page } from '../../model/page.js';
import type { RobotsOptions } from './options.js';

// its types tell of an ES module, and it is none: what Node imports is the function itself
const parse = robotsParser as unknown as typeof robotsParser.default;

/** What a robots.txt says to one agent. */
export interface Rules {
  /** Why it keeps the agent out of a URL of its origin; undefined: it does not. */
  readonly refusal: (href: string) => string | undefined;
  /** Least time from one request to the next, in ms. */
  readonly crawlDelay: number;
}

/** RFC 9309 §2.5: so much of a robots.txt is read. */
const mostBytes = 500 * 1024;
/** RFC 9309 §2.3.1.2: after so many redirects it counts as one that is not there. */
const mostRedirects = 5;

/**
 * Wildcards are matched character by character against every place of the path: 500 KiB of them would hold up the
 * program for 24 s at a path of 8 KB. So many steps take some 70 ms.
 */
const mostSteps = 20_000_000;

/** Where there is no robots.txt, everything may be asked for. */
export const allowAll: Rules = { refusal: () => undefined, crawlDelay: 0 };

/**
 * The rules of the answer to a request for robots.txt.
 *
 * @throws FetchError where it tells nothing: the server has failed
 */
export function rulesOf(
  page: Page,
  origin: string,
  { userAgent, maxCrawlDelay }: Required<RobotsOptions>,
): Rules {
  const { status, redirects } = page;
  if (status >= 500) {
    throw new FetchError('http', `the server answered with status ${status}`, { status, retryable: true });
  }
  if (status >= 300 || redirects.length > mostRedirects) return allowAll;
  const text = textOf(page);
  const file = `${origin}/robots.txt`;
  const name = nameOf(userAgent);
  const robots = parse(file, withoutRepeats(linesOf(text), name.toLowerCase()).join('\n'));
  const crawlDelay = Math.max(0, robots.getCrawlDelay(name) ?? 0) * 1_000;
  if (crawlDelay > maxCrawlDelay) {
    const why = `${file} asks for a Crawl-delay of ${crawlDelay} ms, more than maxCrawlDelay (${maxCrawlDelay})`;
    return { refusal: () => why, crawlDelay: 0 };
  }
  const wildcards = lengthOfWildcards(text);
  return {
    refusal: (href) => {
      if (wildcards * href.length > mostSteps) {
        return `${file} has ${wildcards} characters of rules with wildcards, too many to judge a URL of ${href.length}`;
      }
      if (robots.isAllowed(href, name) !== false) return undefined;
      const line = robots.getMatchingLineNumber(href, name);
      const rule = linesOf(text)[line - 1] ?? '';
      return `line ${line} of ${file} (${rule.trim()}) keeps ${name} out`;
    },
    crawlDelay,
  };
}

/** The name that rules are looked up by: RFC 9309 §2.2.1 calls it the product token. */
function nameOf(userAgent: string): string {
  return userAgent.split(/[/\s]/, 1)[0] ?? userAgent;
}

/** As robots-parser counts them. */
function linesOf(text: string): string[] {
  return text.split(/\r\n|\r|\n/);
}

/**
 * Each group's agents named once, and those that are not asked for as one: robots-parser keeps every rule for every
 * line that names an agent, and 500 KiB of such lines would take all memory. Lines keep their numbers.
 */
function withoutRepeats(lines: readonly string[], name: string): string[] {
  const named = new Set<string>();
  return lines.map((line) => {
    const [rule = ''] = line.split('#', 1);
    const colon = rule.indexOf(':');
    const key = rule.slice(0, Math.max(0, colon)).trim().toLowerCase();
    if (key === '') return line;
    if (key !== 'user-agent') {
      named.clear();
      return line;
    }
    const given = nameOf(rule.slice(colon + 1).trim()).toLowerCase();
    const agent = given === name || given === '*' ? given : '?';
    if (named.has(agent)) return '';
    named.add(agent);
    return `User-agent: ${agent}`;
  });
}

function lengthOfWildcards(text: string): number {
  const rules = linesOf(text).filter((line) => line.includes('*') && /allow/i.test(line));
  return rules.reduce((length, rule) => length + rule.length, 0);
}

/** Cut where it is too long, at the end of a line: half a rule would be another one. */
function textOf({ body }: Page): string {
  if (body.length <= mostBytes) return new TextDecoder().decode(body);
  const head = body.subarray(0, mostBytes);
  const end = Math.max(head.lastIndexOf(10), head.lastIndexOf(13));
  return new TextDecoder().decode(head.subarray(0, end + 1));
}
