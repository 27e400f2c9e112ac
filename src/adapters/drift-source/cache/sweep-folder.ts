import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';

export type CacheLimits = { maxBytes: number; maxAgeMs: number };

/**
 * Removes what was not used for long, and beyond the size what was not used for longest. A head goes with its profile;
 * without it, it is as good as none.
 */
export async function sweepFolder(folder: string, { maxBytes, maxAgeMs }: CacheLimits): Promise<void> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const files: { file: string; bytes: number; usedAt: number }[] = [];
  for (const name of names) {
    const file = path.join(folder, name);
    const stats = await stat(file).catch(() => undefined);
    if (stats?.isFile() && !name.endsWith('.head.json')) files.push({ file, bytes: stats.size, usedAt: stats.mtimeMs });
  }
  files.sort((a, b) => b.usedAt - a.usedAt);
  let bytes = 0;
  for (const { file, bytes: size, usedAt } of files) {
    bytes += size;
    if (bytes <= maxBytes && Date.now() - usedAt <= maxAgeMs) continue;
    await rm(file, { force: true });
    await rm(file.replace(/\.json\.gz$/, '.head.json'), { force: true });
  }
}
