// Sequential and blocking: while one customer waits, so does everybody.
import { day, installation } from './day.js';

/** Blocks the thread, as time.sleep does. */
function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function installWordpress(customer: string): void {
  console.log(`Start installation for ${customer}`);
  sleep(installation);
  console.log(`All done for ${customer}`);
}

await day(1, async () => {
  for (const customer of ['Bill', 'Elon', 'Steve', 'Mark']) installWordpress(customer);
  return Promise.resolve();
});
