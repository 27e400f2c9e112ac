/** A place of files: a folder of this machine, or a bucket. Paths are relative to it, with slashes. */
export type FileStore = {
  /** What its files are called: `file:` or `s3://bucket/` before their paths. */
  prefix: string;
  /** One level. `folder`: '' or with a slash at the end; one that is not there is empty. */
  list(folder: string): Promise<Listing>;
  /** Gives `work` the file as it was listed, on this machine. AppError conflict/stale when it is another one by now. */
  use<T>(file: StoredFile, work: (localPath: string) => Promise<T>): Promise<T>;
  /** Nobody will ask for it soon. */
  release(file: StoredFile): Promise<void>;
  /** Whether reading it again costs a transfer. */
  remote: boolean;
};

export type Listing = {
  /** With a slash at the end. */
  folders: string[];
  files: StoredFile[];
  /** Entries that must not be read, e.g. a link that leads out. */
  refused: { path: string; reason: string }[];
};

export type StoredFile = {
  path: string;
  /** Changes when the content does. */
  stamp: string;
  bytes: number;
  /** Epoch ms. */
  modifiedAt: number;
};
