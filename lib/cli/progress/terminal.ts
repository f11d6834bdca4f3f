import { isatty } from 'node:tty';

/** Where text is shown; process.stderr is one. */
export interface TerminalStream {
  readonly isTTY?: boolean;
  /** Columns; absent where they are not known. */
  readonly columns?: number;
  /** Lines that are seen at once. */
  readonly rows?: number;
  write(text: string): unknown;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Variables that continuous integration sets. Its logs look like a terminal to some programs, and are read later. */
const ciVariables = [
  'CI',
  'CONTINUOUS_INTEGRATION',
  'BUILD_NUMBER',
  'TF_BUILD',
  'TEAMCITY_VERSION',
  'JENKINS_URL',
];

/** Whether somebody watches who can see lines change. */
export function isWatched(stream: TerminalStream, env: Environment): boolean {
  if (stream.isTTY !== true || env['TERM'] === 'dumb') return false;
  return !ciVariables.some((name) => !['', '0', 'false', undefined].includes(env[name]));
}

/** Whether what is written to stdout comes to be seen on a terminal. Does not open it. */
export function isStdoutTerminal(): boolean {
  return isatty(1);
}

/** Columns that a text for people may have. */
export function columnsFor({ isTTY, columns }: TerminalStream): number {
  const known = isTTY === true && columns !== undefined && columns > 0 ? columns : 80;
  return Math.min(200, Math.max(40, known));
}
