import type { Reader } from './values.js';

/** Under what an option stands in the help. */
export type Group =
  | 'Queue'
  | 'Input and output'
  | 'Limits'
  | 'Requests'
  | 'Connections'
  | 'Success and failure'
  | 'Messages'
  | 'More';

/** One option of the command: what the help, the parser, the configuration file and the completion know of it. */
export interface Option<T = unknown> {
  readonly group: Group;
  /** One line of help. */
  readonly says: string;
  /** The same for verbs that mean another thing by it. */
  readonly saysIn?: Readonly<Record<string, string>>;
  /** One letter. */
  readonly short?: string;
  /** What stands for its value in the help; without one it is a flag. */
  readonly value?: string;
  /** It may be repeated, and its value is the list of all. */
  readonly many?: boolean;
  /** All values there are, for completion. */
  readonly choices?: readonly string[];
  /** Its value is the name of one, for completion. */
  readonly names?: 'file' | 'folder';
  /** It is for the command line alone. */
  readonly isForPeople?: boolean;
  readonly read: Reader<T>;
}

/** `maxBody` as it is written: `--max-body`. */
export function longName(key: string): string {
  return `--${dashed(key)}`;
}

/** `maxBody` as `max-body`. */
export function dashed(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
