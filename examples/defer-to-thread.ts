// deferToThread: a function that blocks runs on another thread, and this one is not blocked.
import { of } from 'rxjs';
import { mapInWorker } from 'sluice/worker';
import { secondsGiven } from './python-tale/day.js';

const seconds = secondsGiven();
const mySleep = new URL('./defer-to-thread/my-sleep.mjs', import.meta.url);

of(seconds)
  .pipe(mapInWorker<number, number>(mySleep))
  .subscribe((result) => console.log(`The slow function is over, and has handed me its result: ${result}`));

console.log('The slow function has not ended, and I am running already');
