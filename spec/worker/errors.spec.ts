import { firstValueFrom, from, lastValueFrom, of, Subject, throwError, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { mapInWorker } from '../../lib/worker/index.js';
import { printedBy } from './printed-by.js';
import { Board, jobs, leavesNoThread } from './threads.js';

/** What a job that fails in this way errors with. */
const errorOf = async (how: unknown): Promise<Error> =>
  firstValueFrom(of(how).pipe(mapInWorker(jobs, { name: 'fail' }))).then(
    () => expect.fail('it did not fail'),
    (error: unknown) => error as Error,
  );

describe('an error of mapInWorker', () => {
  leavesNoThread();

  it('is what the function threw: class, message, and the frames of its file', async () => {
    const error = await errorOf('type');
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toMatchObject({ name: 'TypeError', message: 'not a number' });
    expect(error.stack).toContain('jobs.mjs:');
  });

  it('keeps the name and the fields of a class that this thread does not know', async () => {
    const error = await errorOf('own');
    expect(error).toMatchObject({ name: 'ParseError', message: 'line 7 is not closed', code: 'E_PARSE' });
    expect(error).toMatchObject({ issues: [{ line: 7 }] });
    expect(error).not.toHaveProperty('reader');
    expect(error.stack).toContain('jobs.mjs:');
  });

  it('comes without a cause that cannot be cloned', async () => {
    const error = await errorOf('cause');
    expect(error.message).toBe('outer');
    expect(error.stack).toContain('jobs.mjs:');
  });

  it.each([
    ['text', 'only a text'],
    ['nothing', null],
    ['function', '[Function (anonymous)]'],
  ])('may be no error at all: %s', async (how, thrown) => {
    expect(await errorOf(how)).toBe(thrown);
  });

  it('names a file that is not there', async () => {
    const lost$ = of(1).pipe(mapInWorker('/nowhere/parse.mjs'));
    await expect(lastValueFrom(lost$)).rejects.toThrow('mapInWorker: there is no file /nowhere/parse.mjs');
  });

  it('names a function that the module does not export, and what it exports', async () => {
    const named$ = of(1).pipe(mapInWorker(jobs, { name: 'parse' }));
    await expect(lastValueFrom(named$)).rejects.toThrow(
      `mapInWorker: ${jobs} has no function \`parse\`; it exports default, echo, fail, held, lengthOf, slowly, whereAmI`,
    );
    const common = new URL('common.cjs', import.meta.url);
    const half$ = of(1).pipe(mapInWorker(common, { name: 'third' }));
    await expect(lastValueFrom(half$)).rejects.toThrow('has no function `third`');
    const data = new URL('data.mjs', import.meta.url);
    await expect(lastValueFrom(of(1).pipe(mapInWorker(data)))).rejects.toThrow(
      'has no default export that is a function; it exports default, rate',
    );
  });

  it('is what the module threw while it was loaded', async () => {
    const broken$ = of(1).pipe(mapInWorker(new URL('broken.mjs', import.meta.url)));
    await expect(lastValueFrom(broken$)).rejects.toThrow('the module itself is broken');
  });

  it('says which value cannot be cloned: what goes in', async () => {
    const error = await errorOf(() => 1);
    expect(error.message).toBe(
      `mapInWorker: a value cannot be handed to ${jobs}: () => 1 could not be cloned.`,
    );
    expect(error.cause).toBeInstanceOf(DOMException);
  });

  it('says which value cannot be cloned: what comes out', async () => {
    expect((await errorOf('unclonable')).message).toContain(`what ${jobs} returned cannot be cloned`);
  });

  it('says that what `transfer` names cannot be moved', async () => {
    const transfer = (): never[] => [{} as never];
    const moved$ = of(1).pipe(mapInWorker(jobs, { transfer }));
    await expect(lastValueFrom(moved$)).rejects.toThrow('`transfer` named something');
  });

  it('says that `transfer` returned no array', async () => {
    const transfer = (): never => new ArrayBuffer(1) as never;
    await expect(lastValueFrom(of(1).pipe(mapInWorker(jobs, { transfer })))).rejects.toThrow(
      'mapInWorker: expected `transfer` to return an array, got an object (ArrayBuffer)',
    );
  });

  it('is what `transfer` threw', async () => {
    const transfer = (): never => {
      throw new Error('no buffer here');
    };
    await expect(lastValueFrom(of(1, 2).pipe(mapInWorker(jobs, { transfer })))).rejects.toThrow(
      'no buffer here',
    );
  });

  it('says with which code a thread exited', async () => {
    expect((await errorOf('exit')).message).toBe(
      `mapInWorker: the thread of ${jobs} exited with code 3 before its job was done`,
    );
  });

  it('says of what a thread died that nobody was waiting for', async () => {
    const error = await errorOf('stray');
    expect(error.message).toBe(`mapInWorker: the thread of ${jobs} died of RangeError: nobody waits for me`);
    expect(error.cause).toBeInstanceOf(RangeError);
  });

  it('says of what a thread died that could not be started', async () => {
    const printed = await printedBy(
      `of(1).pipe(mapInWorker('jobs.mjs')).subscribe({ error: ({ message }) => console.log(message) });`,
      '--import=./spec/worker/no-threads.mjs',
    );
    expect(printed).toMatch(/^mapInWorker: a thread for \S+jobs.mjs died without a job: no threads here\n$/);
  });

  it('of the source comes at once, as with mergeMap, and ends what is under way', async () => {
    const board = new Board();
    const inputs$ = new Subject<unknown>();
    const held = lastValueFrom(inputs$.pipe(mapInWorker(jobs, { name: 'held', concurrency: 1 })));
    inputs$.next({ board: board.cells });
    inputs$.next({ board: board.cells });
    await board.whenBegun(1);
    inputs$.error(new Error('the source is dry'));
    await expect(held).rejects.toThrow('the source is dry');
    await expect(lastValueFrom(throwError(() => new Error('dry')).pipe(mapInWorker(jobs)))).rejects.toThrow(
      'dry',
    );
  });

  it('of one job ends the others, as with mergeMap', async () => {
    const seen: unknown[] = [];
    const values$ = from(['a', 'b', 'type', 'c', 'd']).pipe(
      mapInWorker(jobs, { name: 'fail', concurrency: 1 }),
    );
    const ended = new Promise((resolve) => {
      values$.subscribe({ next: (value) => seen.push(value), error: resolve });
    });
    expect(await ended).toBeInstanceOf(TypeError);
    expect(seen).toEqual(['a', 'b']);
    await expect(lastValueFrom(values$.pipe(toArray()))).rejects.toThrow('not a number'); // each time anew
  });
});
