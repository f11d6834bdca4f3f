import { OutputError } from '../files/output-error.js';
import type { FetchResult } from '../model/result.js';

/** What befalls every file of a folder, and not that of one body. */
const ofAllFiles = new Set(['EACCES', 'EDQUOT', 'EIO', 'ENOSPC', 'ENOTDIR', 'EPERM', 'EROFS']);

/**
 * What a failed record says of the folder of `--save`: there is no use in fetching what cannot be kept. Undefined: nothing.
 */
export function saveTrouble(
  result: FetchResult<unknown>,
  folder: string | undefined,
): OutputError | undefined {
  if (folder === undefined || result.ok) return undefined;
  const { kind, phase, code = '' } = result.error;
  const isOfFolder = (kind === 'resource' || kind === 'project') && phase === 'body' && ofAllFiles.has(code);
  return isOfFolder ? new OutputError(folder, result.error) : undefined;
}
