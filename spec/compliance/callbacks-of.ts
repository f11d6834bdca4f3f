import type { SchedulerLike } from 'rxjs';
import type { FetchEvent, FetchOptions, Page } from 'sluice';
import { backoffs, interceptors, project } from './callbacks.js';
import type { Point, Scenario } from './scenario.js';
import { Deliberate } from './unhandled.js';

/** The options that are the caller's own code, as a scenario has it. */
export function callbacksOf(
  scenario: Scenario,
  clock: SchedulerLike,
  at: (point: Point) => void,
  breach: (what: string) => void,
): FetchOptions<unknown> {
  const { retries, backoff, acceptStatus, project: projectName, events } = scenario;
  let chance = 0;
  return {
    retry: {
      limit: retries,
      budget: Infinity,
      backoff: (retry, random) => {
        at('backoff');
        return backoffs[backoff].wait(retry, random);
      },
    },
    random: () => {
      at('random');
      return (chance = (chance + 0.37) % 1);
    },
    interceptors: scenario.interceptors.map((name) => {
      const intercept = interceptors[name](clock);
      return (request, next) => {
        at('interceptor');
        return intercept(request, next);
      };
    }),
    acceptStatus: (status) => {
      at('acceptStatus');
      if (acceptStatus === 'throws') throw new Error('acceptStatus breaks');
      return acceptStatus === 'everything' || status === 200;
    },
    ...(projectName !== undefined && {
      project: (page: Page) => {
        at('project');
        return project(projectName).call(page, clock);
      },
    }),
    ...(events !== 'absent' && {
      events: {
        next: ({ type }: FetchEvent) => {
          if (type !== 'response') at(`event ${type}`);
          if (events === 'throwing') throw new Deliberate('an observer of events');
        },
        error: () => {
          breach('the observer of events got an error');
        },
        complete: () => {
          breach('the observer of events was completed');
        },
      },
    }),
  };
}
