import type { Dataset } from '../domain/spec/valid.ts';

/**
 * The files outside the repository that a dataset can be pinned to, as the server reaches them. `allow`: prefixes of
 * locations under the base policy. AppError config/* where nothing can be pinned, external/data where it is to be tried
 * again.
 */
export type SourceVersions = {
  /**
   * Location of the file that is called like the dataset's source but for greater digits: of the greatest. Digits in the
   * prefix that allows the source stay as they are. Undefined: there is none.
   */
  newest(dataset: Dataset, allow: string[]): Promise<string | undefined>;
  /** What the dataset's source holds now, whatever is declared; reads all of it. Undefined: there is no file. */
  describe(dataset: Dataset, allow: string[]): Promise<FileContent | undefined>;
};

/** `sha256`: 64 hex digits. */
export type FileContent = { sha256: string; bytes: number };
