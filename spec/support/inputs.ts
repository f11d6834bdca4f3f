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
