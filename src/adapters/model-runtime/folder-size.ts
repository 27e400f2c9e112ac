import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';

/** Bytes of all files below `folder`. Links are not followed. */
export async function folderSize(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true });
  const sizes = await Promise.all(
    entries.map(async (entry) => {
      const full = path.join(folder, entry.name);
      if (entry.isDirectory()) return folderSize(full);
      return (await lstat(full)).size;
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
