import { accessSync, closeSync, constants, openSync, rmSync, statSync, type Stats } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileTrouble } from './file-bytes.js';
import { identityOf, identityOfDescriptor, isSameFile, type FileIdentity } from './file-identity.js';
import { dashed } from './options/option.js';
import { quoted, UsageError } from './usage-error.js';

/** The files that a run is about to use. */
export interface FilesInUse {
  /** Read from beginning to end; `-` is stdin. */
  readonly inputs: readonly string[];
  /** Read once, before. */
  readonly reads: readonly string[];
  /** Written, by the option that names them; `-` is stdout. */
  readonly outputs: Readonly<Record<string, string | undefined>>;
  /** The folder of --save. */
  readonly save?: string | undefined;
  /** Whether stdout gets anything. */
  readonly hasStdout: boolean;
}

interface Named extends FileIdentity {
  readonly called: string;
}

/**
 * Looks at all files before anything is fetched. Nothing is changed by it.
 * @throws UsageError for one that cannot be read or written, or that is both
 */
export function checkFiles({ inputs, reads, outputs, save, hasStdout }: FilesInUse): void {
  for (const file of inputs) if (file !== '-') checkInput(file);
  const written = Object.entries(outputs).flatMap(([option, file]) =>
    file === undefined || file === '-' ? [] : [{ option: `--${dashed(option)}`, file }],
  );
  for (const { option, file } of written) checkOutput(option, file);
  if (save !== undefined) checkFolder(save);
  const folder = save === undefined ? undefined : identityOf(save).path;
  const inItsPlace = written.find(({ file }) => folder !== undefined && identityOf(file).path === folder);
  if (inItsPlace) {
    const { option, file } = inItsPlace;
    throw new UsageError(`${option} ${file} is the folder of --save: name a file in it, or elsewhere`);
  }

  const taken: Named[] = written.map(({ option, file }) => ({
    called: `${option} ${file}`,
    ...identityOf(file),
  }));
  const stdout = hasStdout ? identityOfDescriptor(1) : undefined;
  if (stdout) taken.push({ called: 'stdout', ...stdout });
  const stdin = inputs.includes('-') ? identityOfDescriptor(0) : undefined;
  const read: Named[] = [
    ...inputs.flatMap((file) => (file === '-' ? [] : [{ called: `the input ${file}`, ...identityOf(file) }])),
    ...reads.map((file) => ({ called: file, ...identityOf(file) })),
    ...(stdin ? [{ called: 'stdin', ...stdin }] : []),
  ];
  refuseSame(taken, read);
}

function refuseSame(taken: readonly Named[], read: readonly Named[]): void {
  taken.forEach((one, at) => {
    const input = read.find((other) => isSameFile(one, other));
    if (input) {
      throw new UsageError(`${one.called} and ${input.called} are the same file: write to another one`);
    }
    const other = taken.slice(at + 1).find((output) => isSameFile(one, output));
    if (other) throw new UsageError(`${one.called} and ${other.called} are the same file: give each its own`);
  });
}

function checkInput(file: string): void {
  let status: Stats;
  try {
    status = statSync(file);
    accessSync(file, constants.R_OK);
  } catch (error) {
    throw new UsageError(`The input ${quoted(file)} cannot be read: ${fileTrouble(error)}`, { cause: error });
  }
  if (status.isDirectory()) throw new UsageError(`The input ${quoted(file)} is a folder: name a file in it`);
}

function checkOutput(option: string, file: string): void {
  try {
    const status = statSync(file, { throwIfNoEntry: false });
    if (status?.isDirectory())
      throw new UsageError(`${option} ${quoted(file)} is a folder: name a file in it`);
    if (status) accessSync(file, constants.W_OK);
    if (status === undefined || status.isFile()) tryFolder(identityOf(file).path ?? file);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${option} ${quoted(file)} cannot be written: ${folderTrouble(error, file)}`, {
      cause: error,
    });
  }
}

/** Whether a file can be made beside another: asking for permission alone tells nothing of /proc or a full quota. */
function tryFolder(file: string): void {
  const probe = `${file}.${process.pid}.probe`;
  closeSync(openSync(probe, 'wx'));
  rmSync(probe);
}

/** The folder itself, or, where it has yet to be made, the nearest one above it. */
function checkFolder(folder: string): void {
  let there = resolve(folder);
  try {
    for (let status = statusOf(there); !status?.isDirectory(); status = statusOf(there)) {
      if (status)
        throw new UsageError(`--save expects a folder, and ${quoted(there)} is a file: name another`);
      there = dirname(there);
    }
    tryFolder(resolve(there, 'sluice'));
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const why = `--save cannot write into ${quoted(folder)}: ${folderTrouble(error, there)}`;
    throw new UsageError(why, { cause: error });
  }
}

/** Undefined for what is not there, nor can be. */
function statusOf(file: string): Stats | undefined {
  try {
    return statSync(file);
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

function folderTrouble(error: unknown, file: string): string {
  if ((error as { code?: unknown }).code !== 'ENOENT') return fileTrouble(error);
  return statSync(dirname(resolve(file)), { throwIfNoEntry: false })
    ? 'its folder takes no files: name one elsewhere'
    : 'its folder is not there: make it first';
}
