import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Whether `make` leaves behind nothing that keeps its object alive. */
export async function isCollected(make: () => object): Promise<boolean> {
  const reference = new WeakRef(make());
  await new Promise(setImmediate); // a WeakRef holds what it was made of until the turn ends
  collect();
  return reference.deref() === undefined;
}
