import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asapScheduler, VirtualTimeScheduler } from 'rxjs';
import { recordLine, type RecordLine } from 'sluice/report';
import { failure, page, success } from 'sluice/testing';
import { describe, expect, it } from 'vitest';
import { FileOutput } from '../../lib/files/file-output.js';
import { csvColumns, csvWatcher } from '../../lib/cli/csv.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/** The file of some lines. */
async function written(...lines: readonly RecordLine[]): Promise<string> {
  const folder = await temporaryFolder();
  const file = join(folder.path, 'run.csv');
  const watcher = await csvWatcher(new FileOutput(file), asapScheduler, (error) =>
    expect.unreachable(String(error)),
  );
  for (const line of lines) await watcher.record?.(line, success(undefined));
  await watcher.end?.({ duration: 0, isCut: false });
  return readFile(file, 'utf8');
}

/** RFC 4180 §2, read as strictly as it is written. */
function cellsOf(text: string): string[][] {
  const rows: string[][] = [[]];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;
  while (cell.lastIndex < text.length) {
    const at = cell.lastIndex;
    const [, quoted, plain = '', end] = cell.exec(text) ?? [];
    if (end === undefined) throw new Error(`not RFC 4180 at ${JSON.stringify(text.slice(at, at + 40))}`);
    rows.at(-1)?.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === '\r\n') rows.push([]);
  }
  expect(rows.pop()).toEqual([]);
  return rows;
}

async function tableOf(...lines: readonly RecordLine[]): Promise<Record<string, string>[]> {
  const text = await written(...lines);
  expect(text.startsWith('\uFEFF')).toBe(true);
  const [header = [], ...rows] = cellsOf(text.slice(1));
  expect(header).toEqual(Object.keys(csvColumns));
  return rows.map((row) => {
    expect(row).toHaveLength(header.length);
    return Object.fromEntries(row.map((cell, at) => [header[at], cell]));
  });
}

const timing = { pulled: 1_700_000_000_000, settled: 12.5, tries: [{ start: 1, end: 12.5 }] };

describe('csvWatcher', () => {
  it('has nothing to write before its first row: what nobody ends leaves no file', async () => {
    const scheduler = new VirtualTimeScheduler();
    const watcher = await csvWatcher(new FileOutput('/nowhere/run.csv'), scheduler, () =>
      expect.unreachable(),
    );
    expect(scheduler.actions).toEqual([]);
    void watcher.record?.(recordLine(success(page('http://a/'))), success(undefined));
    expect(scheduler.actions).toHaveLength(1);
  });

  it('writes a row for each record, under names that stay', async () => {
    const value = page('http://a/b', { body: 'naïve', redirects: ['http://a/'] });
    const fetched = success(value, { index: 3, url: 'http://a/', context: { id: 7 }, duration: 11.5 });
    const failed = failure('timeout', {
      url: 'http://b/',
      phase: 'connect',
      message: 'too late',
      attempts: 3,
    });
    const [first, second] = await tableOf(recordLine(fetched, { line: 4, timing }), recordLine(failed));
    expect(first).toEqual({
      index: '3',
      line: '4',
      ok: 'true',
      request_url: 'http://a/',
      method: 'GET',
      url: 'http://a/b',
      redirects: '1',
      status: '200',
      bytes: '6',
      wire_bytes: '6',
      attempts: '1',
      waited: '0',
      duration: '12',
      pulled: '2023-11-14T22:13:20.000Z',
      settled: '12.5',
      error_kind: '',
      error_code: '',
      error_phase: '',
      error_message: '',
      retry_after: '',
      file: '',
      context: '{"id":7}',
      input: '',
    });
    expect(second).toMatchObject({
      ok: 'false',
      attempts: '3',
      error_kind: 'timeout',
      error_phase: 'connect',
      error_message: 'too late',
      url: '',
      status: '',
    });
  });

  it('keeps quotes, commas, line ends and every letter', async () => {
    const message = 'He said "no",\r\nthen\n“nein”, 否 🚫';
    const [row] = await tableOf(recordLine(failure('network', { message })));
    expect(row?.['error_message']).toBe(message);
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx', '＝1'])('lets %j be text', async (text) => {
    const [row] = await tableOf(recordLine(failure('invalid', { url: text, message: text })));
    expect(row).toMatchObject({ request_url: `'${text}`, error_message: `'${text}` });
  });

  it('lets text begin no formula where semicolons part cells', async () => {
    const url = 'http://a/;=1;ok=2;"-3';
    const [row] = await tableOf(recordLine(failure('dns', { url, message: '\0' })));
    expect(row?.['request_url']).toBe(`http://a/;'=1;ok=2;'"-3`);
    expect(row?.['error_message']).toBe('\uFFFD');
  });

  it('has its header also where there were no records', async () => {
    expect(await tableOf()).toEqual([]);
  });
});
