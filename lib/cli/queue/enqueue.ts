import { FetchError } from '../../model/fetch-error.js';
import type { FetchRequest } from '../../model/request.js';
import { durationText, grouped, plural } from '../../observe/report/figures.js';
import { understand } from '../../pipeline/job.js';
import { QueueError } from '../../queue/queue-error.js';
import { exitCodes, type ExitCode } from '../exit-codes.js';
import { InputError } from '../input/input-error.js';
import type { InputRequest } from '../input/input-request.js';
import { Inputs } from '../input/inputs.js';
import { openInput } from '../input/open-input.js';
import { retold } from '../retold.js';
import { processIo, type RunIo } from '../run-io.js';
import type { EnqueuePlan } from './command.js';
import { enqueueProgress } from './enqueue-progress.js';
import { openQueue } from './open-queue.js';
import { Stop } from './stop.js';

/**
 * Puts inputs into a queue, and says how many were new. A signal ends it with what was read: the same list once more
 * adds the rest.
 *
 * @returns the exit code
 */
export async function enqueue(plan: EnqueuePlan, io: RunIo = processIo(plan)): Promise<ExitCode> {
  const queue = await openQueue(plan.queue, false, io);
  const stop = new Stop(io);
  const inputs = new Inputs(plan.inputs, plan.request, (file) => openInput(file, io.stdin));
  stop.signal.addEventListener('abort', () => void inputs.return(), { once: true });
  const progress = enqueueProgress(plan, io);
  const begunAt = io.scheduler.now();
  let trouble: InputError | undefined;
  const until = async function* (): AsyncGenerator<FetchRequest, void> {
    try {
      for await (const input of inputs) {
        progress.read();
        yield placed(input);
      }
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      if (!stop.signal.aborted) trouble = error; // what was read before is kept
    }
  };
  try {
    const { added, duplicates } = await queue.enqueue(until()).finally(() => progress.end());
    const took = durationText(io.scheduler.now() - begunAt);
    const said = `${plural(added, 'URL')} added to ${plan.queue.called} in ${took}, ${grouped(duplicates)} there already`;
    io.talk.info(said, { added, duplicates });
    if (trouble) {
      io.talk.error(trouble.message);
      return exitCodes.usage;
    }
    if (!stop.signal.aborted) return exitCodes.succeeded;
    io.talk.info('Stopped before the end: the same list once more adds what is missing');
    return exitCodes.interrupted;
  } catch (error) {
    if (!(error instanceof QueueError)) throw error;
    io.talk.error(error.message, error);
    return exitCodes.unwritable;
  } finally {
    stop.end();
    await queue.close();
  }
}

/** A line that cannot be fetched says where it stands: its worker has no other way to know. */
function placed(input: InputRequest): FetchRequest {
  if (!input.place) return input;
  const { target } = understand(input);
  return target instanceof FetchError ? { url: input.url, invalid: retold(target, input) } : input;
}
