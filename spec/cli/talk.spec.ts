import { describe, expect, it } from 'vitest';
import type { RunPlan } from '../../lib/cli/run-plan.js';
import { talkOn, type Talk } from '../../lib/cli/talk.js';

function talk(parts: Partial<RunPlan['talk']> = {}): { talk: Talk; said: string[] } {
  const said: string[] = [];
  const stderr = { write: (text: string) => said.push(text) };
  const options = { level: 'normal', color: false, json: false, ...parts } as const;
  return { talk: talkOn(stderr, options, () => 0), said };
}

function sayAll({ debug, info, warn, error, print }: Talk): void {
  debug('debug');
  info('info');
  warn('warn');
  error('error');
  print('print');
}

describe('talk', () => {
  it.each<[RunPlan['talk']['level'], string[]]>([
    ['quiet', ['sluice: warn\n', 'sluice: error\n']],
    ['normal', ['sluice: info\n', 'sluice: warn\n', 'sluice: error\n', 'print']],
    ['verbose', ['sluice: debug\n', 'sluice: info\n', 'sluice: warn\n', 'sluice: error\n', 'print']],
  ])('says when %s what there is to say', (level, expected) => {
    const { talk: it, said } = talk({ level });
    sayAll(it);
    expect(said).toEqual(expected);
  });

  it('says each message as a line of JSON', () => {
    const { talk: it, said } = talk({ json: true });
    it.info('two\nlines', { underWay: 3 });
    it.error('wrong', new Error('cause'));
    expect(said.map((line) => JSON.parse(line))).toEqual([
      { time: '1970-01-01T00:00:00.000Z', level: 'info', message: 'two\nlines', underWay: 3 },
      { time: '1970-01-01T00:00:00.000Z', level: 'error', message: 'wrong' },
    ]);
  });

  it('shows the stack of a cause when verbose only', () => {
    const normal = talk();
    normal.talk.error('wrong', new Error('cause'));
    expect(normal.said).toEqual(['sluice: wrong\n']);
    const verbose = talk({ level: 'verbose' });
    verbose.talk.error('wrong', new Error('cause'));
    expect(verbose.said.join('')).toMatch(/^sluice: wrong\nError: cause\n +at /);
    const json = talk({ level: 'verbose', json: true });
    json.talk.error('wrong', new Error('cause'));
    expect(JSON.parse(json.said.join(''))).toMatchObject({ stack: expect.stringContaining('Error: cause') });
  });

  it('shows what would act on a terminal', () => {
    const { talk: it, said } = talk();
    it.warn('a\x1b[31mred\x07 \u202eevil\u0085\tb');
    expect(said).toEqual(['sluice: a\\u001b[31mred\\u0007 \\u202eevil\\u0085\tb\n']);
  });

  it('goes by way of who draws there, until that is over; and says nothing once hushed', () => {
    const { talk: it, said } = talk();
    const above: string[] = [];
    it.via((line) => above.push(line));
    it.info('one');
    it.via(undefined);
    it.info('two');
    it.hush();
    sayAll(it);
    expect([above, said]).toEqual([['sluice: one\n'], ['sluice: two\n']]);
  });
});
