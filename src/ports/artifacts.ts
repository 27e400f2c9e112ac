import type { Readable } from 'node:stream';

/** Content by digest (`sha256:<hex>`). Writing what is there already is a no-op; a half-written blob is never visible. */
export type Artifacts = {
  has(digest: string): Promise<boolean>;
  /** Streams in, verifies the digest; AppError config/invalid-input when it differs or exceeds `maxBytes`. */
  write(digest: string, content: Readable, maxBytes: number): Promise<{ size: number }>;
  /** AppError conflict/not-found when absent. */
  read(digest: string): Promise<Readable>;
  size(digest: string): Promise<number>;
  /** Writes a small value (text or bytes) and answers its digest. */
  put(content: string | Uint8Array): Promise<string>;
};

/** `upload`: whose it is, so that two uploads of one digest never touch; `length` of the whole, in bytes. */
export type Piece = { digest: string; upload: string; offset: number; length: number };

/** Artifacts that may arrive in pieces, over connections that break. */
export type UploadStore = Artifacts & {
  /** Bytes that have arrived of an upload; what nobody continued for a day counts as never begun. */
  received(digest: string, upload: string): Promise<number>;
  /**
   * Takes what arrives, also of a content that then breaks off, and answers how much of the whole is there. With the
   * last byte it becomes visible if the digest is right, else all of it is dropped: AppError config/invalid-input.
   * What is there already is taken and verified all the same: who sends it shows to have it. AppError conflict/stale
   * when `offset` is not what has arrived.
   */
  append(piece: Piece, content: Readable): Promise<number>;
  /** No matter whether it was there. */
  remove(digest: string): Promise<void>;
};
