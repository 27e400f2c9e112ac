import { readdir, readFile } from 'node:fs/promises';

const PAGE_BYTES = 4_096;

/** False when there is nobody in it any more. */
export function signalGroup(pgid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-pgid, signal);
    return true;
  } catch {
    return false;
  }
}

/** Resident bytes of all processes of the group together; 0 where there is no /proc. Shared pages count for each. */
export async function groupMemory(pgid: number): Promise<number> {
  const entries = await readdir('/proc').catch(() => []);
  const sizes = await Promise.all(
    entries
      .filter((name) => /^\d+$/.test(name))
      .map(async (pid) => {
        const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
        // counted from behind the command, which may hold spaces: state is field 3, pgrp 5, rss 24
        const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
        return Number(fields[2]) === pgid ? Number(fields[21]) * PAGE_BYTES : 0;
      }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
