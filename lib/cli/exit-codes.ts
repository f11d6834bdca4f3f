/** What the command's exit code says. */
export const exitCodes = {
  succeeded: 0,
  failed: 1,
  usage: 2,
  unwritable: 3,
  interrupted: 130,
} as const;

/** One of {@link exitCodes}. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** What each of them means, as help and the documents say it. */
export const exitCodeMeanings: Readonly<Record<ExitCode, string>> = {
  0: 'all URLs succeeded, or the reader of the records had enough of them (a closed pipe)',
  1: 'some failed, or --fail-fast or --fail-over stopped the run',
  2: 'wrong usage: an option, or a file that cannot be opened',
  3: 'an output could not be written, or a queue failed',
  130: 'interrupted: Ctrl-C, SIGTERM or SIGHUP',
};
