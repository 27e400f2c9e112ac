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
