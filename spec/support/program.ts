import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A program of this machine: what the environment's `variable` names, or `name` on the PATH or in `folders`. */
export function findProgram(
  name: string,
  variable: string,
  folders: readonly string[] = [],
): string | undefined {
  const { [variable]: named, PATH = '' } = process.env;
  if (named) return named; // wrong or not: who names one wants no other
  return [...PATH.split(delimiter), ...folders].map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
