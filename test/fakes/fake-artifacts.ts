import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { AppError } from '../../src/domain/errors.ts';
import { digestOfBytes } from '../../src/domain/fingerprint/digest.ts';
import type { Artifacts } from '../../src/ports/artifacts.ts';

/** Content by digest in a map. */
export function createFakeArtifacts(): Artifacts & { blobs: Map<string, Buffer> } {
  const blobs = new Map<string, Buffer>();
  const present = (digest: string): Buffer => {
    const blob = blobs.get(digest);
    if (!blob) throw new AppError('conflict/not-found', `there is no blob ${digest}`);
    return blob;
  };
  return {
    blobs,
    has: async (digest) => blobs.has(digest),
    write: async (digest, content, maxBytes) => {
      const bytes = await buffer(content);
      if (digestOfBytes(bytes) !== digest || bytes.length > maxBytes)
        throw new AppError('config/invalid-input', 'the content is not what its digest says');
      blobs.set(digest, bytes);
      return { size: bytes.length };
    },
    read: async (digest) => Readable.from([present(digest)]),
    size: async (digest) => present(digest).length,
    put: async (content) => {
      const digest = digestOfBytes(content);
      blobs.set(digest, Buffer.from(content));
      return digest;
    },
  };
}
