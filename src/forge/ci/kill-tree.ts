import { readdirSync, readFileSync } from 'node:fs';

/** Parent and process group by process id, from Linux's /proc; empty where there is none. */
const processes = (): Map<number, { parent: number; group: number }> => {
  const found = new Map<number, { parent: number; group: number }>();
  let names: string[];
  try {
    names = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return found;
  }
  for (const name of names) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      // the name before may hold spaces and parentheses
      const [, parent, group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      found.set(Number(name), { parent: Number(parent), group: Number(group) });
    } catch {
      // it ended meanwhile
    }
  }
  return found;
};

const kill = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
};

/** Kills the process group that `leader` leads and all of its descendants, also those that left the group. */
export const killTree = (leader: number): void => {
  const all = processes();
  const doomed = new Set([leader]);
  for (const [pid, { group }] of all) if (group === leader) doomed.add(pid);
  for (let before = 0; before !== doomed.size; ) {
    before = doomed.size;
    for (const [pid, { parent }] of all) if (doomed.has(parent)) doomed.add(pid);
  }
  kill(-leader);
  for (const pid of doomed) kill(pid);
};
