import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  agent,
  count,
  countOrAuto,
  delay,
  duration,
  fileEndingIn,
  header,
  method,
  Misread,
  oneOf,
  proxy,
  rate,
  share,
  size,
  statuses,
} from '../../../lib/cli/options/values.js';
import { UsageError } from '../../../lib/cli/usage-error.js';

/** The sentence about a text that is no value. */
function refusal(read: (text: string) => unknown, text: string): string {
  try {
    return `no refusal, but ${String(read(text))}`;
  } catch (error) {
    if (error instanceof Misread) return error.usageError('--option', text).message;
    if (error instanceof UsageError) return error.message;
    throw error;
  }
}

const times = 'a time such as 500ms, 5s, 2m or 1h';
const sizes = 'a size such as 10MB, 10MiB or 512KB';

describe('a time', () => {
  it.each([
    ['500ms', 500],
    ['5s', 5_000],
    ['1.5s', 1_500],
    ['2m', 120_000],
    ['1h', 3_600_000],
    ['2M', 120_000],
  ])('%s is %d ms', (text, ms) => expect(duration(text)).toBe(ms));

  it('without a unit says which one to add', () => {
    expect(refusal(duration, '5')).toBe(`--option expects ${times}, got "5": add its unit, 5s or 5ms`);
  });

  it.each(['', 's', '5 s', '-5s', '5sec', '1e3s', 'Infinitys', 'NaNms', '5s5', '٥s'])('is not %j', (text) => {
    expect(refusal(duration, text)).toBe(`--option expects ${times}, got ${JSON.stringify(text)}`);
  });

  it('of nothing is none, and no timer can be set for a month', () => {
    expect(refusal(duration, '0s')).toBe(`--option expects ${times}, and above 0, got "0s"`);
    expect(duration('596h')).toBe(596 * 3_600_000);
    expect(refusal(duration, '597h')).toBe('--option expects a time of at most 596h, got "597h"');
  });

  it('of a delay is in ms without a unit, and may be nothing', () => {
    expect([delay('250'), delay('0'), delay('1s'), delay('1.5')]).toEqual([250, 0, 1_000, 1.5]);
    expect(refusal(delay, '1 s')).toBe(
      '--option expects a number of ms, or a time such as 500ms, 5s or 2m, got "1 s"',
    );
  });
});

describe('a size', () => {
  it.each([
    ['10MB', 10_000_000],
    ['10MiB', 10_485_760],
    ['512KB', 512_000],
    ['512kib', 524_288],
    ['1.5GB', 1_500_000_000],
    ['7B', 7],
  ])('%s is %d bytes', (text, bytes) => expect(size(text)).toBe(bytes));

  it('without a unit says which ones there are', () => {
    expect(refusal(size, '10')).toBe(`--option expects ${sizes}, got "10": add its unit, 10B, 10KB or 10MB`);
  });

  it.each(['', '0B', '0.1B', '10M', '10 MB', '-1MB', '9999999999GB'])('is not %j', (text) => {
    expect(refusal(size, text)).toBe(`--option expects ${sizes}, got ${JSON.stringify(text)}`);
  });
});

describe('a rate', () => {
  it.each([
    ['5/s', 5, 1_000],
    ['300/m', 300, 60_000],
    ['1/h', 1, 3_600_000],
    ['10/500ms', 10, 500],
    ['2/1.5s', 2, 1_500],
  ])('%s', (text, limit, per) => expect(rate(text)).toEqual({ limit, per }));

  it('without a time says what is missing', () => {
    expect(refusal(rate, '5')).toBe(
      '--option expects a rate such as 5/s, 300/m or 10/500ms, got "5": say per what, 5/s or 5/m',
    );
  });

  it.each(['', '0/s', '5/', '/s', '5/0s', '5/day', '0.5/s', '5/s/s', '-1/s'])('is not %j', (text) => {
    expect(refusal(rate, text)).toBe(
      `--option expects a rate such as 5/s, 300/m or 10/500ms, got ${JSON.stringify(text)}`,
    );
  });
});

describe('a percentage', () => {
  it('is a share', () =>
    expect([share('5%'), share('0%'), share('100%'), share('0.5%')]).toEqual([0.05, 0, 1, 0.005]));

  it('without its sign says so', () => {
    expect(refusal(share, '5')).toBe('--option expects a percentage from 0% to 100%, got "5": write 5%');
  });

  it.each(['', '%', '101%', '-5%', '5 %'])('is not %j', (text) => {
    expect(refusal(share, text)).toBe(
      `--option expects a percentage from 0% to 100%, got ${JSON.stringify(text)}`,
    );
  });
});

describe('a list of statuses', () => {
  it('takes what is in its ranges alone', () => {
    const accepts = statuses('200-299, 404');
    expect([199, 200, 299, 300, 403, 404, 405].filter(accepts)).toEqual([200, 299, 404]);
  });

  it.each(['', '2xx', '200-', '299-200', '99', '600', '200,,404', '200 404'])('is not %j', (text) => {
    expect(refusal(statuses, text)).toBe(
      `--option expects statuses from 100 to 599 such as 200-299,404, got ${JSON.stringify(text)}`,
    );
  });
});

describe('a header', () => {
  it.each<[string, [string, string]]>([
    ['Accept: text/html', ['Accept', 'text/html']],
    ['X-Empty:', ['X-Empty', '']],
    ['X-Time:  12:30 ', ['X-Time', '12:30']],
    ['X-Name: Zoë', ['X-Name', 'Zoë']],
  ])('%j', (text, pair) => expect(header(text)).toEqual(pair));

  const expected = '--option expects a header such as "Accept: text/html"';
  it.each([
    ['Accept', `${expected}, got "Accept"`],
    [': value', `${expected}, got ": value"`],
    ['Bad Name: x', `${expected}, got "Bad Name: x"`],
    ['X-Snow: ☃', `${expected}, of Latin-1 alone, got "X-Snow: ☃"`],
    [
      'X: a\r\nEvil: b',
      `${expected}, on one line, got "X: a\\r\\nEvil: b": repeat the option for each header`,
    ],
    ['X: a\nb', `${expected}, on one line, got "X: a\\nb": repeat the option for each header`],
    ['X: a\0b', `${expected}, on one line, got "X: a\\u0000b": repeat the option for each header`],
    [
      'Content-Length: 3',
      `${expected}, got "Content-Length: 3": Content-Length is written by sluice itself, leave it out`,
    ],
  ])('is not %j', (text, sentence) => expect(refusal(header, text)).toBe(sentence));

  it('never lets a line end through, whatever stands around it', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom('\r', '\n', '\0'), fc.string(), (before, end, after) => {
        expect(refusal(header, `${before}${end}${after}`)).toContain('on one line');
      }),
    );
  });
});

describe('other values', () => {
  it('a count is an integer from its least one up', () => {
    expect([count(0)('0'), count(1)('64')]).toEqual([0, 64]);
    for (const text of ['0', '', '-1', '1.5', '1e3', '0x10', ' 1', '99999999999999999999']) {
      expect(refusal(count(1), text)).toBe(
        `--option expects an integer from 1 up, got ${JSON.stringify(text)}`,
      );
    }
  });

  it('a concurrency may be auto', () => {
    expect([countOrAuto('auto'), countOrAuto('8')]).toEqual(['auto', 8]);
    expect(refusal(countOrAuto, '0')).toBe('--option expects an integer from 1 up, or auto, got "0"');
  });

  it('a choice is one of its words', () => {
    expect(oneOf('base64', 'text', 'none')('text')).toBe('text');
    expect(refusal(oneOf('base64', 'text', 'none'), 'json')).toBe(
      '--option expects base64, text or none, got "json"',
    );
  });

  it('a file of a kind ends as its kind does', () => {
    expect(fileEndingIn('.svg', '.txt')('run.SVG')).toBe('run.SVG');
    expect(refusal(fileEndingIn('.svg', '.txt'), '.svg')).toBe(
      '--option expects a file whose name ends in .svg or .txt, got ".svg"',
    );
  });

  it('a method is a token, in capitals, and opens no tunnel', () => {
    expect([method('head'), method('PROPFIND')]).toEqual(['HEAD', 'PROPFIND']);
    expect(refusal(method, 'GET /')).toBe('--option expects a method such as GET, HEAD or POST, got "GET /"');
    expect(refusal(method, 'connect')).toMatch(/got "connect": for tunnels there is --proxy$/);
  });

  it('a user agent is what a header can hold', () => {
    expect(agent('ExampleBot/1.0 (+https://example.org/bot)')).toContain('ExampleBot');
    expect(refusal(agent, 'a\nb')).toMatch(/got "a\\nb"$/);
    expect(refusal(agent, '')).toMatch(/got ""$/);
  });

  it('a proxy is a URL of http: or https:, and no sentence shows its password', () => {
    for (const text of ['env', 'proxy.example:3128', 'http://me:secret@proxy.example:8080']) {
      expect(proxy(text)).toBe(text);
    }
    for (const text of ['socks5://me:secret@localhost', 'http://me:secret@', 'http://me:secret@a b']) {
      expect(refusal(proxy, text)).toMatch(/^--proxy expects the URL of an http: or https: proxy/);
      expect(refusal(proxy, text)).not.toContain('secret');
    }
  });

  it('a text is quoted on one line, shortened, and steers no terminal', () => {
    const sentence = refusal(count(1), `\x1b[2J\u202e\n${'x'.repeat(200)}`);
    // eslint-disable-next-line no-control-regex -- those are what is looked for
    expect(sentence).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202e]/);
    expect(sentence.length).toBeLessThan(140);
  });
});
