import { Subject, type Observable } from 'rxjs';

/** Inputs that show when each is pulled. */
export interface WatchedInputs extends Iterable<string> {
  /** Their letters as they are pulled; `R` where the iterator is told to return, `E` where it says it is done. */
  readonly pulls$: Observable<string>;
}

/** The URL that a letter stands for. */
export const urlOf = (letter: string): string => `http://${letter}/`;

/** `http://a/`, `http://b/` … for 'ab…'. */
export const urlsOf = (letters: string): string[] => Array.from(letters, urlOf);

/** The same, taken one by one. */
export function watched(letters: string): WatchedInputs {
  const pulls = new Subject<string>();
  return {
    pulls$: pulls.asObservable(),
    [Symbol.iterator]: () => {
      let at = 0;
      return {
        next: () => {
          const letter = letters[at++];
          pulls.next(letter ?? 'E');
          return letter === undefined
            ? { done: true, value: undefined }
            : { done: false, value: urlOf(letter) };
        },
        return: () => {
          pulls.next('R');
          return { done: true, value: undefined };
        },
      };
    },
  };
}

/** Async inputs whose first answer comes when the test says so. */
export interface AskedInputs extends AsyncIterable<string> {
  answer(step: IteratorResult<string>): void;
  fail(error: Error): void;
}

/** Writes down when it is asked for an input and told to return, as one that goes on waiting then. */
export function asked(log: string[]): AskedInputs {
  let answer: AskedInputs['answer'] = () => undefined;
  let fail: AskedInputs['fail'] = () => undefined;
  const first = new Promise<IteratorResult<string>>((resolve, reject) => {
    answer = resolve;
    fail = reject;
  });
  return {
    answer,
    fail,
    [Symbol.asyncIterator]: () => ({
      next: () => {
        log.push('asked');
        return first;
      },
      return: () => {
        log.push('returned');
        return Promise.resolve({ done: true, value: undefined });
      },
    }),
  };
}
