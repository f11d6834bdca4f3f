/** What is done with a value, as thread.mjs gets it. */
export interface Job {
  readonly file: string;
  readonly name: string;
  readonly input: unknown;
}
