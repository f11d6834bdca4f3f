import type { WaitEvent } from '../model/event.js';
import type { FetchRequest } from '../model/request.js';
import { durationText } from '../observe/report/figures.js';
import { retold } from './retold.js';
import type { Talk } from './talk.js';
import type { Watcher } from './watcher.js';

/** Says what a record keeps to itself: each retry with its reason, and where redirects led. */
export function verboseWatcher({ debug }: Pick<Talk, 'debug'>): Watcher {
  const requests = new Map<number, FetchRequest>();
  const sayRetry = ({ index, at, attempt, until, error }: WaitEvent): void => {
    const request = requests.get(index);
    if (!request) return;
    const wait = Math.round(until - at);
    const message = retold(error, request);
    debug(`Retry ${attempt} in ${durationText(wait)}: ${message}`, { retry: attempt, index, wait });
  };
  return {
    event(event) {
      if (event.type === 'pull') requests.set(event.index, event.request);
      else if (event.type === 'wait') sayRetry(event);
      else if (event.type === 'settle') requests.delete(event.index);
    },
    record({ index, redirects = [], url }) {
      if (redirects.length === 0 || url === undefined) return;
      debug(`Redirected: ${[...redirects, url].join(' → ')}`, { index, redirects, url });
    },
  };
}
