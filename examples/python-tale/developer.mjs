// A developer's day, on a thread of its own. The list of customers is shared: whoever is free takes the next.
import { writeSync } from 'node:fs';

/** Prints at once. What console.log says would wait here until the main thread can print it, and this one blocks. */
const say = (text) => writeSync(1, `${text}\n`);

const clock = new Int32Array(new SharedArrayBuffer(4));

function installWordpress(customer, ms) {
  say(`Start installation for ${customer}`);
  Atomics.wait(clock, 0, 0, ms); // blocks, as time.sleep does
  say(`All done for ${customer}`);
}

export default function developerDay({ id, customers, taken, ms }) {
  say(`Goodmorning from developer ${id}`);
  for (let turn = next(taken); turn < customers.length; turn = next(taken)) {
    installWordpress(customers[turn], ms);
  }
  say(`Bye from developer ${id}`);
}

/** What the lock was for: no two developers get the same customer. */
function next(taken) {
  return Atomics.add(taken, 0, 1);
}
