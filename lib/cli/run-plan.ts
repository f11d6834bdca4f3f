import type { FetchOptions } from '../pipeline/options.js';

/** What a command line asks for, checked and in the library's own units. */
export interface RunPlan {
  /** Where the URLs come from: all of these, first those of the command line. */
  readonly inputs: {
    readonly urls: readonly string[];
    /** Files; `-` is stdin. */
    readonly files: readonly string[];
    /** They are in a queue, and nobody knows how many of them this run gets; `urls` and `files` are empty. */
    readonly areQueued?: boolean;
    /** How many of them have their record from an earlier run. @default 0 */
    readonly earlier?: number;
  };
  /** Records that no file is named for are not written: they are in a queue. */
  readonly isSilent?: boolean;
  /** What each request has that does not say otherwise itself. */
  readonly request: {
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string | Uint8Array;
  };
  /** As the library's options; the transport and the interceptors included. */
  readonly fetch: FetchOptions<unknown>;
  /** Files that are written; undefined: not that one. */
  readonly files: {
    /** NDJSON; undefined: stdout. */
    readonly output?: string;
    readonly csv?: string;
    readonly warc?: string;
    readonly report?: string;
    readonly marbles?: string;
    /** Folder for bodies. */
    readonly save?: string;
  };
  /** The file that remembers what has its record, and what the options want of it; undefined: none. */
  readonly state?: { readonly file: string; readonly purpose: ReadonlyMap<string, string> };
  /** How bodies are written into the records. */
  readonly body: 'base64' | 'text' | 'none';
  /** When the run stops early; undefined: never. A share of failed records, 0 to 1; 0 stops at the first one. */
  readonly failOver?: number;
  /** What is said on stderr. */
  readonly talk: {
    readonly level: 'quiet' | 'normal' | 'verbose';
    readonly color: boolean;
    /** Each message is a line of JSON. */
    readonly json: boolean;
  };
}
