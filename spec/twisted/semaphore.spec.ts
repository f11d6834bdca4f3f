// The laws of DeferredSemaphore and its kin, by the names of Twisted's tests (twisted/test/test_defer.py).
import { BehaviorSubject, of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createFetcher } from '../../lib/creators/create-fetcher.js';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import type { Page } from '../../lib/model/page.js';
import type { FetchRequest } from '../../lib/model/request.js';
import { fetchEach } from '../../lib/operators/fetch-each.js';
import { page } from '../../lib/testing/index.js';
import { marbles, startsOf } from '../support/marbles.js';
import { a, b, c } from './outcomes.js';

describe('DeferredSemaphore', () => {
  it(
    'testSemaphore (kept): as many run as there are tokens; each that ends lets in who has waited longest',
    marbles(({ flush, hot, transport, expectResults, expectSubscriptions }) => {
      const net = transport({ [a]: '------(p|)', [b]: '---(p|)', [c]: '---(p|)' });
      const source = hot(' ab-c-b|', { a, b, c });
      const fetchC = '     ----^--!';
      const expected = '   ----b-ac-(d|)';

      expectResults(source.pipe(fetchEach({ transport: net, concurrency: 2 }))).toBe(expected);
      expectSubscriptions(net.attempt(c).subscriptions).toBe(fetchC);
      flush();
      expect(startsOf(net)).toBe('0a 1b 4c 6b');
    }),
  );

  it('test_semaphoreInvalidTokens (kept): less than one token is refused when it is made', () => {
    const refused = 'expected `concurrency` to be an integer from 1 up';
    expect(() => fetchEach({ concurrency: 0 })).toThrow(refused);
    expect(() => fetchEach({ concurrency: -1 })).toThrow(refused);
    expect(() => createFetcher({ concurrency: 0 })).toThrow(refused);
    expect(() => fetchFrom([], { concurrency: new BehaviorSubject(0) })).not.toThrow(); // a pause, no limit
  });

  it(
    // changed: a token stands for a socket, so to cancel what holds one is to close that, and the token is back
    'test_cancelSemaphoreAfterAcquired (changed): what runs is aborted, and its token goes to the next',
    marbles(({ transport, expectObservable, expectResults, expectSubscriptions }) => {
      const net = transport({ [a]: '---------(p|)', [b]: '--(p|)' });
      const semaphore = createFetcher({ transport: net, concurrency: 1 });
      const unsub = '   ---!';
      const fetchA = '  ^--!';
      const fetchB = '  ---^-!';
      const expected = '-----(a|)';

      expectObservable(semaphore.fetchFrom([a]), unsub).toBe('-');
      expectResults(semaphore.fetchFrom([b])).toBe(expected);
      expectSubscriptions(net.attempt(a).subscriptions).toBe(fetchA);
      expectSubscriptions(net.attempt(b).subscriptions).toBe(fetchB);
    }),
  );

  it(
    'test_cancelSemaphoreBeforeAcquired (kept): what waits is cancelled where it stands, and costs no token',
    marbles(({ abortSignal, expectResults, expectSubscriptions, transport }) => {
      const net = transport({ [a]: '----(p|)', [b]: '-', [c]: '--(p|)' });
      const semaphore = createFetcher({ transport: net, concurrency: 1 });
      const signal = abortSignal('--!');
      const fetchC = '       ----^-!';

      expectResults(of(a).pipe(semaphore.fetchEach())).toBe('----(a|)');
      expectResults(of(b).pipe(semaphore.fetchEach({ signal }))).toBe('--(A|)', {
        A: { kind: 'cancelled', url: b, attempts: 0, waited: 2 },
      });
      expectResults(of(c).pipe(semaphore.fetchEach())).toBe('------(a|)');
      expectSubscriptions(net.attempt(b).subscriptions).toBe([]);
      expectSubscriptions(net.attempt(c).subscriptions).toBe(fetchC);
    }),
  );
});

describe('DeferredSemaphore.run', () => {
  const endings = [
    { what: 'a page', answer: '--(p|)', record: 'a' },
    { what: 'an error', answer: '--#', record: 'A' },
    { what: 'a page, long before its transport completes', answer: '--p------|', record: 'a' },
    { what: 'a status that is not accepted', answer: '--(4|)', record: 'A' },
    { what: 'an end without a page', answer: '--|', record: 'A' },
    { what: 'a project that throws', answer: '--(t|)', record: 'A' },
  ];

  it.each(endings)('run (kept): gives the token back once, after $what', ({ answer, record }) => {
    marbles(({ flush, transport, expectResults }) => {
      const net = transport({ [a]: answer, [b]: '---(p|)', [c]: '---(p|)' }, { t: page('http://throws/') });
      const project = ({ url }: Page): string => {
        if (url === 'http://throws/') throw new Error('not that one');
        return url;
      };
      // were it given back twice, b and c would run together; not at all, and neither would
      const expected = `--${record}--b--(c|)`;
      const options = { transport: net, concurrency: 1, retry: false, project } as const;
      expectResults(fetchFrom([a, b, c], options)).toBe(expected);
      flush();
      expect(startsOf(net)).toBe('0a 2b 5c');
    })();
  });

  it(
    'run (kept): gives the token back once, after its caller has left',
    marbles(({ flush, transport, expectObservable, expectResults }) => {
      const net = transport({ [a]: '--------(p|)', [b]: '---(p|)', [c]: '---(p|)' });
      const semaphore = createFetcher({ transport: net, concurrency: 1 });
      expectObservable(semaphore.fetchFrom([a]), '--!').toBe('-');
      expectResults(semaphore.fetchFrom([b, c])).toBe('-----a--(b|)');
      flush();
      expect(startsOf(net)).toBe('0a 2b 5c');
    }),
  );

  it(
    'run (kept): passes on its arguments and its result',
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a]: '--(p|)' });
      const input = { url: a, context: 'what was passed' };
      const project = (page: Page, request: FetchRequest<string>): string => `${page.url} ${request.context}`;
      expectResults(fetchFrom([input], { transport: net, project })).toBe('--(a|)', {
        a: { value: `${a} what was passed` },
      });
    }),
  );
});

describe('DeferredLock', () => {
  it(
    'testLock (kept): a concurrency of 1',
    marbles(({ flush, hot, transport, expectResults }) => {
      const net = transport({ [a]: '---(p|)', [b]: '---(p|)', [c]: '---(p|)' });
      const source = hot('(abc|)', { a, b, c });
      expectResults(source.pipe(fetchEach({ transport: net, concurrency: 1 }))).toBe('---a--b--(c|)');
      flush();
      expect(startsOf(net)).toBe('0a 3b 6c');
    }),
  );
});

describe('DeferredQueue', () => {
  it(
    // changed: QueueOverflow was thrown at whoever put one too many; here the input itself says so
    'testQueue (changed): what does not fit becomes a record, and the rest is served first in, first out',
    marbles(({ hot, transport, expectResults }) => {
      const net = transport({ [a]: '---(p|)', [b]: '---(p|)', [c]: '---(p|)' });
      const source = hot('(abc|)', { a, b, c });
      const options = { transport: net, concurrency: 1, maxQueued: 1 };
      expectResults(source.pipe(fetchEach(options))).toBe('C--a--(b|)', {
        C: { index: 2, kind: 'overflow' },
      });
    }),
  );
});
