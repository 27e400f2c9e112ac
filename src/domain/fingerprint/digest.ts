import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';

/** `sha256:<hex>` of the canonical JSON of the value. */
export function digestOf(value: unknown): string {
  return digestOfBytes(canonicalJson(value));
}

/** `sha256:<hex>` of the bytes (of a text: its UTF-8). */
export function digestOfBytes(bytes: string | Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Digest of an artifact: `digestOf` of its files (path, digest of the content, size in bytes) sorted by path. */
export function artifactDigest(files: readonly { path: string; digest: string; size: number }[]): string {
  const listed = files.map(({ path, digest, size }) => ({ path, digest, size }));
  return digestOf(listed.sort((a, b) => (a.path < b.path ? -1 : 1)));
}
