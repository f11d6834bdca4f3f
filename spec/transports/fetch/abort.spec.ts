import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { leavesNothingBehind } from '../../support/leaks.js';
import { it } from '../../support/web.js';

leavesNothingBehind();

describe('unsubscribing from fetch', () => {
  it.for([
    ['before the head', () => undefined],
    ['in the body', (response: ServerResponse) => response.write('half')],
  ] as const)('%s aborts it, and nothing more is heard', async ([phase, answer], { web }) => {
    let asked: () => void;
    let closed: Promise<unknown> = Promise.resolve();
    const isAsked = new Promise<void>((resolve) => (asked = resolve));
    const server = await web.serve((_request, response) => {
      closed = once(response, 'close');
      answer(response);
      asked();
    });
    const heard: unknown[] = [];
    const { pages, attempt } = web.open(server.url);
    const inBody = new Promise<void>((resolve) => {
      attempt.responded = () => resolve();
    });
    const subscription = pages.subscribe({
      next: (page) => heard.push(page),
      error: (error) => heard.push(error),
      complete: () => heard.push('complete'),
    });
    await isAsked;
    if (phase === 'in the body') await inBody;
    subscription.unsubscribe();
    await closed; // else the server would wait for ever
    await turn();
    expect(heard).toEqual([]);
    await server.idle();
  });

  it('in the very call of subscribe is heard by the signal', async ({ web }) => {
    const signals: (AbortSignal | null | undefined)[] = [];
    const { pages } = web.open('http://host.example/', {}, (_url, { signal }) => {
      signals.push(signal);
      return Promise.reject(new Error('aborted'));
    });
    pages.subscribe({ error: () => expect.unreachable() }).unsubscribe();
    expect(signals.map((signal) => signal?.aborted)).toEqual([true]);
    await turn();
  });

  it('cancels the body of a fetch that does not heed its signal, which comes too late', async ({ web }) => {
    let answer: (response: Response) => void = () => undefined;
    const late = new Promise<Response>((resolve) => (answer = resolve));
    const { pages, attempt } = web.open('http://host.example/', {}, () => late);
    const subscription = pages.subscribe({ next: () => expect.unreachable() });
    subscription.unsubscribe();
    const cancelled = new Promise<void>((resolve) => {
      answer(new Response(new ReadableStream({ cancel: () => resolve() })));
    });
    await cancelled;
    expect(attempt.phases).toEqual(['headers']);
    expect(attempt.statuses).toEqual([]);
  });

  it('after the page has come aborts nothing', async ({ web }) => {
    let aborted = false;
    const { pages } = web.open('http://host.example/', {}, (_url, { signal }) => {
      signal?.addEventListener('abort', () => (aborted = true));
      return Promise.resolve(new Response('page'));
    });
    const texts = await new Promise<string[]>((resolve) => {
      const seen: string[] = [];
      const subscription = pages.subscribe({
        next: (page) => seen.push(page.text()),
        complete: () => {
          resolve(seen);
        },
      });
      void turn().then(() => subscription.unsubscribe());
    });
    await turn();
    expect(texts).toEqual(['page']);
    expect(aborted).toBe(false);
  });
});
