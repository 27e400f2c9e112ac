import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';

/** Removes files below `folder` that nobody has written to for `ms`. */
export async function removeOldFiles(folder: string, ms: number): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries.filter((candidate) => candidate.isFile())) {
    const file = path.join(entry.parentPath, entry.name);
    const found = await stat(file).catch(() => undefined);
    if (found && Date.now() - found.mtimeMs > ms) await rm(file, { force: true });
  }
}
