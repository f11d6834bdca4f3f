import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { NEVER, of, Subject, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { OutputError } from '../../lib/files/output-error.js';
import type { RunEnd, Watcher } from '../../lib/cli/watcher.js';
import type { FetchEvent } from '../../lib/model/event.js';
import type { Page } from '../../lib/model/page.js';
import type { FetchRequest } from '../../lib/model/request.js';
import type { RecordLine } from '../../lib/observe/report/record-line.js';
import { page } from '../../lib/testing/index.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { runOf } from './run-of.js';

/** Answers at once; what has `missing` in its URL with 404. */
const transport = ({ url }: FetchRequest): Observable<Page> =>
  of(page(String(url), { status: String(url).includes('missing') ? 404 : 200 }));

/** Answers when it is told to. */
function heldTransport(): { transport: () => Observable<Page>; asked: Subject<Page>[]; answer(): void } {
  const asked: Subject<Page>[] = [];
  return {
    asked,
    transport: () => {
      const answer = new Subject<Page>();
      asked.push(answer);
      return answer;
    },
    answer: () => {
      for (const one of asked.splice(0)) {
        one.next(page('http://a/'));
        one.complete();
      }
    },
  };
}

function urls(count: number, url = 'http://a/'): string {
  return Array.from({ length: count }, (_, place) => `${url}${place}\n`).join('');
}

/** Lets everything happen that waits for no time to pass. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** A watcher that keeps what it is told. */
class Keeper implements Watcher {
  readonly events: FetchEvent['type'][] = [];
  readonly lines: RecordLine[] = [];
  readonly ends: RunEnd[] = [];
  readonly counts: number[] = [];
  event({ type }: FetchEvent): void {
    this.events.push(type);
  }
  record(line: RecordLine): void {
    this.lines.push(line);
  }
  inputs(count: number): void {
    this.counts.push(count);
  }
  end(end: RunEnd): void {
    this.ends.push(end);
  }
}

const full = (): OutputError =>
  new OutputError('stdout', Object.assign(new Error('write'), { code: 'ENOSPC' }));
const gone = (): OutputError =>
  new OutputError('stdout', Object.assign(new Error('write'), { code: 'EPIPE' }));

describe('run', () => {
  it('writes a record for each input, and exits with 0 when all succeeded', async () => {
    const run = runOf({ fetch: { transport } }, { stdin: urls(3) });
    expect(await run.code).toBe(0);
    expect(run.records()).toMatchObject(
      [0, 1, 2].map((index) => ({ v: 1, index, line: index + 1, ok: true })),
    );
    expect(run.records()[0]).toMatchObject({
      url: 'http://a/0',
      status: 200,
      tries: [{ start: expect.any(Number) }],
    });
    expect(run.said).toEqual([]);
  });

  it('makes a record of a bad line, with its number, and goes on; exits with 1', async () => {
    const stdin = 'http://a/1\nexample.com/x\n{"url":"http://a/2","context":{"mine":[1]}}\n{"uri":1}\n\0\n';
    const run = runOf(
      { inputs: { urls: ['http://a/0', 'nowhere'], files: ['-'] }, fetch: { transport, concurrency: 1 } },
      { stdin },
    );
    expect(await run.code).toBe(1);
    const records = run.records().sort((a, b) => a.index - b.index);
    expect(records.map(({ ok, line, error }) => [ok, line, error?.kind, error?.message])).toEqual([
      [true, undefined, undefined, undefined],
      [
        false,
        undefined,
        'invalid',
        '"nowhere" is not an absolute URL: it has no scheme; did you mean "https://nowhere"?',
      ],
      [true, 1, undefined, undefined],
      [
        false,
        2,
        'invalid',
        'stdin, line 2: "example.com/x" is not an absolute URL: it has no scheme; did you mean "https://example.com/x"?',
      ],
      [true, 3, undefined, undefined],
      [false, 4, 'invalid', 'stdin, line 4: There is no key `uri`: did you mean `url`?'],
      [false, 5, 'invalid', 'stdin, line 5: The line has control characters in it'],
    ]);
    expect(records[4]?.request).toEqual({ url: 'http://a/2', context: { mine: [1] } });
    expect(records.at(-1)?.request.url).toBe('\0');
  });

  it('names the input of a record where there is more than one', async () => {
    const { path } = await temporaryFolder();
    const files = ['one.txt', '-', 'two.txt'].map((name) => (name === '-' ? name : join(path, name)));
    await writeFile(files[0] ?? '', 'http://a/1\n');
    await writeFile(files[2] ?? '', '# two\nnowhere\n');
    const inputs = { urls: ['http://a/0'], files };
    const run = runOf({ inputs, fetch: { transport } }, { stdin: 'http://a/2\n' });
    await run.code;
    const places = run.records().map(({ input, line, request }) => [request.url, input, line]);
    expect(places.sort()).toEqual([
      ['http://a/0', undefined, undefined],
      ['http://a/1', files[0], 1],
      ['http://a/2', 'stdin', 1],
      ['nowhere', files[2], 2],
    ]);

    const single = runOf({ inputs: { urls: [], files: [files[0] ?? ''] }, fetch: { transport } });
    await single.code;
    expect(single.records()[0]).not.toHaveProperty('input');
  });

  it('gives each request what the plan says of all', async () => {
    const asked: FetchRequest[] = [];
    const noting = (request: FetchRequest): Observable<Page> => {
      asked.push(request);
      return transport(request);
    };
    const request = { method: 'POST', headers: { a: '1' }, body: 'x' };
    const inputs = { urls: ['http://a/'], files: ['-'] };
    const stdin = 'http://b/\n{"url":"http://c/","method":"GET","headers":{"A":"2"}}';
    expect(await runOf({ inputs, request, fetch: { transport: noting } }, { stdin }).code).toBe(0);
    expect(asked.map(({ url, method, headers, body }) => ({ url, method, headers, body }))).toEqual([
      { url: 'http://a/', ...request },
      { url: 'http://b/', ...request },
      { url: 'http://c/', method: 'GET', headers: { A: '2' }, body: undefined },
    ]);
  });

  it('writes bodies as the plan says', async () => {
    const body = (kind: 'text' | 'base64'): Promise<RecordLine[]> => {
      const run = runOf(
        { body: kind, fetch: { transport: () => of(page('http://a/', { body: 'żółw' })) } },
        { stdin: 'http://a/' },
      );
      return run.code.then(() => run.records());
    };
    expect(await body('text')).toMatchObject([{ body: 'żółw', bodyEncoding: 'text' }]);
    expect(await body('base64')).toMatchObject([{ body: Buffer.from('żółw').toString('base64') }]);
  });

  it('writes a file of the records, which is there when the run is over', async () => {
    const { path, files } = await temporaryFolder();
    const output = join(path, 'out.ndjson');
    const input = join(path, 'urls');
    await writeFile(input, urls(100));
    const run = runOf({ files: { output }, inputs: { urls: [], files: [input] }, fetch: { transport } });
    expect(await run.code).toBe(0);
    expect(await files()).toEqual(['out.ndjson', 'urls']);
    expect((await readFile(output, 'utf8')).match(/\n/g)?.length).toBe(100);
    expect(run.stdout()).toBe('');
  });

  it('exits with 2 when an input cannot be read, and keeps the records of what could', async () => {
    const run = runOf({ inputs: { urls: ['http://a/'], files: ['/nowhere/urls'] }, fetch: { transport } });
    expect(await run.code).toBe(2);
    expect(run.records()).toMatchObject([{ ok: true }]);
    expect(run.said).toEqual(['sluice: Cannot read /nowhere/urls: there is no such file (ENOENT)\n']);
  });
});

describe('the watchers of a run', () => {
  it('hear of events, records and the end, in order', async () => {
    const keeper = new Keeper();
    const run = runOf({ fetch: { transport } }, { stdin: urls(2), watchers: [keeper] });
    expect(await run.code).toBe(0);
    expect([...keeper.events].sort()).toEqual(['pull', 'pull', 'settle', 'settle', 'start', 'start']);
    expect(keeper.lines.map(({ index }) => index)).toEqual([0, 1]);
    expect(keeper.counts).toEqual([2]);
    expect(keeper.ends).toEqual([{ duration: expect.any(Number), isCut: false }]);
    expect(keeper.ends[0]?.duration).toBeGreaterThanOrEqual(0);
  });

  it('slow the pull when they are slow', async () => {
    let pulled = 0;
    const waiting: (() => void)[] = [];
    const slow: Watcher = {
      event: ({ type }) => {
        if (type === 'pull') pulled++;
      },
      record: () => new Promise<void>((resolve) => waiting.push(resolve)),
    };
    const run = runOf({ fetch: { transport, concurrency: 4 } }, { stdin: urls(20), watchers: [slow] });
    const most: number[] = [];
    for (let taken = 0; taken < 20; taken++) {
      while (waiting.length === 0) await settled();
      most.push(pulled - taken);
      waiting.shift()?.();
    }
    expect(await run.code).toBe(0);
    expect(Math.max(...most)).toBe(4); // those that wait, and those that are fetched
  });

  it('end the run with a sentence and exit code 3 when one throws; the others hear of all', async () => {
    const keeper = new Keeper();
    const held = heldTransport();
    let ends = 0;
    const broken: Watcher = {
      record: () => {
        throw full();
      },
      end: () => {
        ends++;
      },
    };
    const stdin = `nowhere\n${urls(10)}`;
    const run = runOf(
      { fetch: { transport: held.transport, concurrency: 4 } },
      { stdin, watchers: [broken, keeper] },
    );
    expect(await run.code).toBe(3);
    expect(run.said).toEqual(['sluice: Cannot write stdout: the disk is full (ENOSPC)\n']);
    expect(keeper.lines[0]?.error?.kind).toBe('invalid');
    expect(keeper.lines.slice(1).every(({ error }) => error?.kind === 'cancelled')).toBe(true);
    expect(keeper.lines.length).toBeLessThanOrEqual(6);
    expect(keeper.ends).toMatchObject([{ isCut: true }]);
    expect(ends).toBe(0);
  });

  it.each<[when: string, broken: Watcher]>([
    ['rejects', { record: () => Promise.reject(full()) }],
    [
      'throws at an event',
      {
        event: () => {
          throw full();
        },
      },
    ],
    ['rejects at the end', { end: () => Promise.reject(full()) }],
  ])('end it when one %s, too', async (_, broken) => {
    const run = runOf({ fetch: { transport } }, { stdin: urls(3), watchers: [broken] });
    expect(await run.code).toBe(3);
    expect(run.said).toEqual(['sluice: Cannot write stdout: the disk is full (ENOSPC)\n']);
  });

  it('end it quietly with exit code 0 when the reader of stdout has gone', async () => {
    const keeper = new Keeper();
    const run = runOf(
      { fetch: { transport } },
      { stdin: urls(100), watchers: [{ record: () => Promise.reject(gone()) }, keeper] },
    );
    expect(await run.code).toBe(0);
    expect(run.said).toEqual([]);
    expect(keeper.lines.length).toBeLessThan(100);
    expect(keeper.ends).toMatchObject([{ isCut: true }]);
  });

  it('end it at once when the output breaks between two records', async () => {
    let writes = 0;
    const stdout = {
      name: 'stdout',
      write: async () => {
        writes++;
        throw gone();
      },
      end: async () => undefined,
    };
    const held = heldTransport();
    const run = runOf({ fetch: { transport: held.transport } }, { stdin: `nowhere\n${urls(1)}`, stdout });
    expect(await run.code).toBe(0); // though nobody has answered
    expect([writes, run.printed]).toEqual([1, []]);
  });
});

describe('a run that is stopped', () => {
  it('by --fail-over exits with 1, and what was under way is cancelled', async () => {
    const held = heldTransport();
    const mixed = (request: FetchRequest): Observable<Page> =>
      String(request.url).includes('slow') ? held.transport() : transport(request);
    const run = runOf(
      { failOver: 0.5, fetch: { transport: mixed, concurrency: 4 } },
      { stdin: urls(1, 'http://a/slow') + urls(100, 'http://a/missing') },
    );
    expect(await run.code).toBe(1);
    expect(run.said).toEqual(['sluice: Stopped: 20 of 20 records are failures, which is more than 50%\n']);
    const kinds = run.records().map(({ error }) => error?.kind);
    expect(kinds.slice(0, 20)).toEqual(Array(20).fill('http'));
    expect(run.records().find(({ index }) => index === 0)?.error?.kind).toBe('cancelled');
  });

  it('by --fail-fast exits with 1 at the first failure', async () => {
    const run = runOf(
      { failOver: 0, fetch: { transport, concurrency: 1 } },
      { stdin: `${urls(2)}${urls(1, 'http://a/missing')}${urls(50)}` },
    );
    expect(await run.code).toBe(1);
    expect(
      run
        .records()
        .slice(0, 3)
        .map(({ ok }) => ok),
    ).toEqual([true, true, false]);
    expect(run.records().length).toBeLessThan(6);
  });

  it('by Ctrl-C finishes what is under way and takes no more; exits with 130', async () => {
    const held = heldTransport();
    const keeper = new Keeper();
    const run = runOf(
      { fetch: { transport: held.transport, concurrency: 2 } },
      { stdin: urls(10), watchers: [keeper] },
    );
    while (held.asked.length < 2) await settled();
    run.signals.emit('SIGINT');
    await settled();
    held.answer();
    expect(await run.code).toBe(130);
    expect(keeper.lines.map(({ ok, index }) => [ok, index])).toEqual([
      [true, 0],
      [true, 1],
    ]);
    expect(keeper.counts).toEqual([]); // nobody knows how many there would have been
    expect(keeper.ends).toMatchObject([{ isCut: true }]);
    expect(run.said[0]).toContain('no more URLs are taken, 2 are under way; Ctrl-C again cuts them off');
    expect(run.signals.listenerCount('SIGINT')).toBe(0);
  });

  it('by Ctrl-C waits for nobody who only stands in line for a host, or for a retry', async () => {
    const held = heldTransport();
    const fetch = { transport: held.transport, concurrency: 4, perHost: { concurrency: 1, delay: 60_000 } };
    const run = runOf({ fetch }, { stdin: urls(5) });
    while (held.asked.length < 1) await settled();
    run.signals.emit('SIGINT');
    await settled();
    expect(run.said[0]).toContain('no more URLs are taken, 1 is under way');
    held.answer();
    expect(await run.code).toBe(130);
    expect(run.records().map(({ index, error }) => [index, error?.kind])).toEqual([
      [0, undefined],
      ...[1, 2, 3, 4].map((index) => [index, 'cancelled']),
    ]);
    expect(run.said).toContain(
      'sluice: Cut off: 4 in line for a turn or a retry get a record of kind cancelled\n',
    );
  });

  it('by Ctrl-C ends at once where all stand in line', async () => {
    const fetch = { transport, perHost: { delay: 60_000 } };
    const run = runOf({ fetch }, { stdin: urls(3) });
    while (run.records().length < 1) await settled();
    run.signals.emit('SIGINT');
    expect(await run.code).toBe(130);
    expect(run.records().map(({ ok }) => ok)).toEqual([true, false, false]);
  });

  it('by Ctrl-C and then SIGTERM makes a cancelled record of what is under way', async () => {
    const held = heldTransport();
    const run = runOf({ fetch: { transport: held.transport, concurrency: 3 } }, { stdin: urls(10) });
    while (held.asked.length < 3) await settled();
    run.signals.emit('SIGINT');
    run.signals.emit('SIGTERM');
    expect(await run.code).toBe(130);
    expect(run.records().map(({ index, error }) => [index, error?.kind])).toEqual([
      [0, 'cancelled'],
      [1, 'cancelled'],
      [2, 'cancelled'],
    ]);
  });

  it('by Ctrl-C while its stdin says nothing ends at once', async () => {
    const stdin = new PassThrough();
    const run = runOf({ fetch: { transport } }, { stdin });
    stdin.write('http://a/\n');
    await settled();
    run.signals.emit('SIGINT');
    expect(await run.code).toBe(130);
    expect(run.records()).toMatchObject([{ ok: true }]);
    expect(stdin.destroyed).toBe(true);
  });

  it('ends by the third signal whatever holds it up', async () => {
    const stuck: Watcher = { end: () => new Promise(() => undefined) };
    const run = runOf(
      { fetch: { transport: () => NEVER } },
      { stdin: Readable.from([Buffer.from(urls(3))]), watchers: [stuck] },
    );
    await settled();
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGINT']) run.signals.emit(signal);
    expect(run.exits).toEqual([130]);
  });
});
