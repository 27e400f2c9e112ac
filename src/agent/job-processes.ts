import { readdir, readFile } from 'node:fs/promises';

const TICKS_PER_SECOND = 100;
const KIBIBYTE = 1_024;

type Stat = { pid: number; parent: number; group: number; zombie: boolean; ticks: number; identity: string };

export type Sample = { memoryBytes: number; cpuSeconds: number };

type JobProcesses = {
  /**
   * Resident memory now (or the highest of one process so far, where that is more) and CPU time so far of all processes
   * together; undefined where there is no /proc. Shared pages count for each.
   */
  sample(): Promise<Sample | undefined>;
  /** Ends all that are left; answers how many there were. */
  endAll(): Promise<number>;
};

const END_WITHIN_MS = 5_000;

/**
 * The processes of a command: its group, its descendants, and what left both (a daemon): that has `variable`
 * (`NAME=value`, unique) in its environment or was seen as a descendant before.
 */
export function watchProcesses(pgid: number, variable: string): JobProcesses {
  /** By identity, so that a recycled pid is another process. */
  const known = new Map<string, boolean>();
  let cpuSeconds = 0;

  async function find(): Promise<Stat[]> {
    const all = await listProcesses();
    const found = new Set<number>();
    for (const stat of all) {
      if (stat.pid === process.pid) continue;
      let own = stat.group === pgid || known.get(stat.identity);
      if (own === undefined) {
        own = await hasVariable(stat.pid, variable);
        known.set(stat.identity, own);
      }
      if (own) found.add(stat.pid);
    }
    for (let before = -1; before !== found.size; ) {
      before = found.size;
      for (const { pid, parent } of all) if (found.has(parent) && pid !== process.pid) found.add(pid);
    }
    const own = all.filter(({ pid }) => found.has(pid));
    for (const { identity } of own) known.set(identity, true);
    return own.filter(({ zombie }) => !zombie);
  }

  return {
    async sample() {
      const own = await find();
      if (own.length === 0) return undefined;
      const sizes = await Promise.all(own.map(({ pid }) => memoryOf(pid)));
      const together = sizes.reduce((sum, { now }) => sum + now, 0);
      // a process that has ended and was waited for counts with its parent; an orphan is lost, so the sum may shrink
      cpuSeconds = Math.max(cpuSeconds, own.reduce((sum, { ticks }) => sum + ticks, 0) / TICKS_PER_SECOND);
      return { memoryBytes: Math.max(together, ...sizes.map(({ highest }) => highest)), cpuSeconds };
    },
    async endAll() {
      const seen = new Set<string>();
      for (const deadline = Date.now() + END_WITHIN_MS; Date.now() < deadline; ) {
        for (const [identity, own] of known) if (!own) known.delete(identity);
        const left = await find();
        if (left.length === 0) break;
        for (const { pid, identity } of left) {
          seen.add(identity);
          kill(pid);
        }
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      return seen.size;
    },
  };
}

/** CPU time of the children that this process has waited for. */
export async function waitedForSeconds(): Promise<number> {
  const fields = fieldsOf(await readFile('/proc/self/stat', 'utf8').catch(() => ''));
  return (Number(fields[13] ?? 0) + Number(fields[14] ?? 0)) / TICKS_PER_SECOND;
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it ended by itself
  }
}

async function listProcesses(): Promise<Stat[]> {
  const names = await readdir('/proc').catch(() => []);
  const stats = await Promise.all(names.filter((name) => /^\d+$/.test(name)).map((name) => readStat(Number(name))));
  return stats.filter((stat) => stat !== undefined);
}

async function readStat(pid: number): Promise<Stat | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  if (text === '') return undefined;
  // state is field 3, ppid 4, pgrp 5, utime 14, stime 15, cutime 16, cstime 17, starttime 22
  const fields = fieldsOf(text);
  return {
    pid,
    parent: Number(fields[1]),
    group: Number(fields[2]),
    zombie: fields[0] === 'Z' || fields[0] === 'X',
    ticks: fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0),
    identity: `${pid} ${fields[19]}`,
  };
}

/** Counted from behind the command, which may hold spaces: the first is field 3. */
const fieldsOf = (stat: string): string[] => stat.slice(stat.lastIndexOf(')') + 2).split(' ');

async function memoryOf(pid: number): Promise<{ now: number; highest: number }> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const bytes = (name: string) => Number(new RegExp(`^${name}:\\s*(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) * KIBIBYTE;
  return { now: bytes('VmRSS'), highest: bytes('VmHWM') };
}

async function hasVariable(pid: number, variable: string): Promise<boolean> {
  const text = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
  return text.split('\0').includes(variable);
}
