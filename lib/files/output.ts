/** Where bytes go: a file, stdout. One call at a time. */
export interface Output {
  /** As a sentence names it. */
  readonly name: string;
  /**
   * Opens it now, where the first write would: a run that has many sockets may find no descriptor left.
   *
   * @throws OutputError
   */
  begin?(): Promise<void>;
  /**
   * Writes what is whole by itself: lines, a member of an archive. When it cannot be written, none of it is left there,
   * what was written before stays, and nothing more may be written.
   *
   * @throws OutputError
   */
  write(chunk: Uint8Array): Promise<void>;
  /**
   * Nothing more comes.
   * @throws OutputError
   */
  end(): Promise<void>;
}
