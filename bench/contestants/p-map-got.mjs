import { Agent } from 'node:http';
import got from 'got';
import { pMapSettled } from 'p-map';
import { tally } from '../workload.mjs';

const client = got.extend({
  agent: { http: new Agent({ keepAlive: true }) },
  timeout: { request: 30_000 },
});

/** got with its retries and a timeout like that of the others. */
export async function run(urls, { concurrency }) {
  const settled = await pMapSettled(urls, (url) => client(url).buffer(), { concurrency });
  return tally(settled.filter(({ status }) => status === 'fulfilled').map(({ value }) => value));
}
