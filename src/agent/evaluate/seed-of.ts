import { createHash } from 'node:crypto';

/** From what is evaluated, so that no author can look for a seed that suits. */
export function seedOf(holdoutDigest: string, candidateDigest: string): number {
  return createHash('sha256').update(`${holdoutDigest}\n${candidateDigest}`).digest().readUInt32BE(0);
}
