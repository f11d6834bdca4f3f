// Throttling with Cooperator: the generator is asked for the next URL only when there is a slot for it.
import { fetchFrom } from 'sluice';
import { urlsFor } from '../site/small-site.js';

const maxRun = 2;
const urls = await urlsFor('/twistedmatrix', '/foundation', '/yahoo', '/google');

function* doWork(): Generator<string> {
  for (const url of urls) {
    console.log(`created ${url}`);
    yield url;
  }
}

fetchFrom(doWork(), { concurrency: maxRun }).subscribe((result) => {
  console.log(result.ok ? result.value.text().length : result.error.message);
});
