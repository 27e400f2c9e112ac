import path from 'node:path';

/** Beside the artifact's main file: the columns of the inputs and what the training framework answers, by row. */
export const CHECK_FILE = 'check.parquet';

/** Bytes of an artifact's files, without the one that is only there to be checked: it is not served. */
export function servedBytes(files: readonly { path: string; size: number }[]): number {
  const served = files.filter((file) => path.posix.basename(file.path) !== CHECK_FILE);
  return served.reduce((sum, file) => sum + file.size, 0);
}
