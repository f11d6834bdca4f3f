/** What a command line is read in: all that it depends on besides itself. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether somebody types at stdin. */
  readonly isInputTerminal: boolean;
  /** Whether stderr is shown on a terminal. */
  readonly isErrorTerminal: boolean;
  /** The command's own, such as `0.1.0`. */
  readonly version: string;
  /** Where its users find more about it. */
  readonly homepage?: string | undefined;
  /** The bytes of a file. @throws what `fs.readFileSync` throws */
  readonly read: (file: string) => Uint8Array;
  /** Whether there is something of this name that can be read: a file, a pipe, but no folder. */
  readonly isFile: (name: string) => boolean;
}
