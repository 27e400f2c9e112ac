import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';

export type DigestMemory = Map<string, string>;

/** SHA-256 of the file's content in hex, remembered for as long as size and time of change stay as they are. */
export async function fileDigest(file: string, memory: DigestMemory): Promise<string> {
  const facts = await stat(file);
  const key = `${file}\0${facts.size}\0${facts.mtimeMs}\0${facts.ino}`;
  const known = memory.get(key);
  if (known !== undefined) return known;
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  const digest = hash.digest('hex');
  memory.set(key, digest);
  return digest;
}
