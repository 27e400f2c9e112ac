import { chmod, lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../domain/errors.ts';

const WRITE_BITS = 0o222;
const NAMED = 5;

/**
 * Takes the permission to write from a checkout. Root writes all the same, so `verify` looks whether a file that was there
 * has been changed or is gone: AppError config/train-failed, since the result would not be that of the commit.
 */
export async function protectCheckout(folder: string): Promise<{ verify(): Promise<void> }> {
  const before = new Map<string, string>();
  await walk(folder, async (file, isFolder) => {
    const { mode } = await lstat(file);
    await chmod(file, mode & 0o7777 & ~WRITE_BITS);
    const inGit = path.relative(folder, file).split(path.sep)[0] === '.git';
    if (!isFolder && !inGit) before.set(file, await identityOf(file));
  });
  return {
    async verify() {
      const changed: string[] = [];
      for (const [file, identity] of before) {
        const now = await identityOf(file).catch(() => 'gone');
        if (now !== identity) changed.push(path.relative(folder, file));
      }
      if (changed.length === 0) return;
      const more = changed.length > NAMED ? ` and ${changed.length - NAMED} more` : '';
      throw new AppError(
        'config/train-failed',
        `The training command changed files of its checkout (${changed.slice(0, NAMED).join(', ')}${more}); ` +
          'it may write to SLUICE_OUTPUT, SLUICE_CHECKPOINT and TMPDIR',
      );
    },
  };
}

async function identityOf(file: string): Promise<string> {
  const { ino, size, mtimeNs } = await lstat(file, { bigint: true });
  return `${ino} ${size} ${mtimeNs}`;
}

/** Plain files and folders, what is inside a folder first. */
async function walk(folder: string, visit: (file: string, isFolder: boolean) => Promise<void>): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) await walk(file, visit);
    else if (entry.isFile()) await visit(file, false);
  }
  await visit(folder, true);
}
