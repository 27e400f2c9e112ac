import { readdir, readFile } from 'node:fs/promises';

/**
 * Kills what a job's steps left running, also in process groups of their own: every process that still carries the job's
 * `RUNNER_TRACKING_ID`, as GitHub's runner finds them. Gives how many there were. Linux only; elsewhere nothing is found.
 */
export const endOrphans = async (trackingId: string): Promise<number> => {
  const names = await readdir('/proc').catch(() => [] as string[]);
  const marked = await Promise.all(
    names
      .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
      .map(async (name) => {
        const environment = await readFile(`/proc/${name}/environ`, 'utf8').catch(() => '');
        return environment.split('\0').includes(`RUNNER_TRACKING_ID=${trackingId}`) ? Number(name) : undefined;
      }),
  );
  const found = marked.filter((pid) => pid !== undefined);
  for (const pid of found) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // it ended by itself meanwhile
    }
  }
  return found.length;
};
