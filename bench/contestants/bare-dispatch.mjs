import { Agent } from 'undici';
import { tally } from '../workload.mjs';

const agent = new Agent();

/** undici's `dispatch` in a loop, every body kept: the floor. No timeouts, no retries, no records. */
export function run(urls, { concurrency }) {
  return new Promise((resolve, reject) => {
    const iterator = urls[Symbol.iterator]();
    const bodies = [];
    let flying = 0;

    function next() {
      const { value: url, done } = iterator.next();
      if (!done) {
        flying++;
        const end = url.indexOf('/', 'https://'.length);
        const [origin, path] = [url.slice(0, end), url.slice(end)];
        agent.dispatch({ origin, path, method: 'GET' }, new Collector(land, reject));
      } else if (flying === 0) resolve(tally(bodies));
    }

    function land(body) {
      flying--;
      bodies.push(body);
      next();
    }

    for (let lane = 0; lane < concurrency; lane++) next();
  });
}

class Collector {
  chunks = [];

  constructor(land, fail) {
    this.land = land;
    this.fail = fail;
  }

  onRequestStart() {}

  onResponseStart() {}

  onResponseData(_controller, chunk) {
    this.chunks.push(chunk);
  }

  onResponseEnd() {
    this.land(this.chunks.length === 1 ? this.chunks[0] : Buffer.concat(this.chunks));
  }

  onResponseError(_controller, error) {
    this.fail(error);
  }
}
