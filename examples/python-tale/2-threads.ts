// Threads: five developers do exactly the same thing, and wait as long as the first did, each for himself.
import { from, lastValueFrom } from 'rxjs';
import { mapInWorker } from 'sluice/worker';
import { customers, day, installation } from './day.js';

const developers = [0, 1, 2, 3, 4];

await day(2, () => {
  const taken = new Int32Array(new SharedArrayBuffer(4)); // how many customers have been taken, by whomever
  const days = developers.map((id) => ({ id, customers, taken, ms: installation }));
  const developer = new URL('./developer.mjs', import.meta.url);
  return lastValueFrom(from(days).pipe(mapInWorker(developer, { concurrency: developers.length })));
});
