import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Database } from 'node-sqlite3-wasm';
import { onTestFinished } from 'vitest';
import type { RecordLine } from '../../../lib/observe/report/record-line.js';
import { serve, type TestServer } from '../../support/servers.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

/** A server, and how often each of its pages was asked for. */
export interface CountingSite extends TestServer {
  readonly asked: Map<string, number>;
  /** Is called with the count of requests, before the answer. */
  onRequest: (count: number) => void;
}

/** Pages, one in ten of which is missing, and one in ten elsewhere. */
export async function countingSite(): Promise<CountingSite> {
  const asked = new Map<string, number>();
  let requests = 0;
  const server = await serve(({ url = '' }, response) => {
    asked.set(url, (asked.get(url) ?? 0) + 1);
    site.onRequest(++requests);
    if (url.endsWith('7')) response.writeHead(404).end(`nothing at ${url}`);
    else if (url.endsWith('3')) response.writeHead(302, { Location: '/elsewhere' }).end();
    else response.end(`page ${url}`);
  });
  onTestFinished(() => server.close());
  const site: CountingSite = Object.assign(server, { asked, onRequest: () => undefined });
  return site;
}

/** A folder with a list of `/0`, `/1` … of a site, and names for what a run writes. */
export async function listed(
  { url }: TestServer,
  count: number,
): Promise<{ readonly list: string; readonly state: string; at(name: string): string }> {
  const { path } = await temporaryFolder();
  const at = (name: string): string => join(path, name);
  const lines = Array.from({ length: count }, (_, place) =>
    place % 10 === 5
      ? JSON.stringify({ url: `${url}/${place}`, context: { place } })
      : `${place % 10 === 4 ? '\n# one that is left out\n' : ''}${url}/${place}`,
  );
  await writeFile(at('urls.txt'), `${lines.join('\n')}\nno URL\n`);
  return { list: at('urls.txt'), state: at('run.db'), at };
}

/** The records of an output, in the order of their inputs, without what is another each time. */
export function timeless(text: string): object[] {
  return text
    .trimEnd()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as RecordLine)
    .sort((one, other) => one.index - other.index)
    .map(({ waited: _waited, duration: _duration, pulled: _pulled, settled: _settled, tries, ...line }) => ({
      ...line,
      tries: tries?.length,
    }));
}

/** The paths whose record a state file has. Of a file that nobody has open. */
export function pathsIn(state: string): string[] {
  const database = new Database(state);
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE');
    const [whole] = database.all('PRAGMA integrity_check');
    if (whole?.['integrity_check'] !== 'ok') throw new Error('the state is damaged');
    return database
      .all('SELECT line FROM records')
      .map(({ line }) =>
        (JSON.parse(line as string) as RecordLine).request.url.replace(/^http:\/\/[^/]*/, ''),
      );
  } finally {
    database.close();
  }
}
