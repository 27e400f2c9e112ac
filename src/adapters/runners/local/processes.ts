import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';

/** `startTime`: clock ticks since boot, so that a recycled pid is not taken for the process; '' where there is no /proc. */
export type ProcessId = { pid: number; startTime: string };

type Stat = { pid: number; parent: number; group: number; zombie: boolean; startTime: string };

export async function identify(pid: number): Promise<ProcessId> {
  return { pid, startTime: (await readStat(pid))?.startTime ?? '' };
}

/** Looked up at once: an answer that comes later may be wrong by then. */
export function isAlive({ pid, startTime }: ProcessId): boolean {
  if (startTime === '') return canSignal(pid);
  const stat = readStatNow(pid);
  return stat !== undefined && !stat.zombie && stat.startTime === startTime;
}

/**
 * Everything that belongs to an agent: itself, its group, all descendants, and what has `variable` in its environment
 * and was orphaned when the agent died. Without /proc: the agent alone, if it lives.
 */
export async function findTree(agent: ProcessId, variable: string): Promise<number[]> {
  const all = (await Promise.all((await listPids()).map(readStat))).filter((stat) => stat !== undefined);
  if (all.length === 0) return isAlive(agent) ? [agent.pid] : [];
  const agentLives = all.some(({ pid, startTime }) => pid === agent.pid && startTime === agent.startTime);
  const found = new Set<number>();
  for (const { pid, group } of all) {
    const own = agentLives && (pid === agent.pid || group === agent.pid);
    if (own || (await hasVariable(pid, variable))) found.add(pid);
  }
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const { pid, parent } of all) if (found.has(parent)) found.add(pid);
  }
  found.delete(process.pid);
  return all.filter(({ pid, zombie }) => found.has(pid) && !zombie).map(({ pid }) => pid);
}

/** The process that was started with that variable and one of that name; the oldest where several were. */
export async function findStarted(variable: string, name: string): Promise<ProcessId | undefined> {
  const all = (await Promise.all((await listPids()).map(readStat))).filter((stat) => stat !== undefined);
  for (const { pid, startTime, zombie } of all.sort((a, b) => Number(a.startTime) - Number(b.startTime))) {
    const environment = zombie ? [] : await readEnvironment(pid);
    const named = environment.some((other) => other.startsWith(`${name}=`));
    if (named && environment.includes(variable)) return { pid, startTime };
  }
  return undefined;
}

export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // it ended by itself
  }
}

function canSignal(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function listPids(): Promise<number[]> {
  const names = await readdir('/proc').catch(() => []);
  return names.filter((name) => /^\d+$/.test(name)).map(Number);
}

async function readStat(pid: number): Promise<Stat | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : parseStat(pid, text);
}

function readStatNow(pid: number): Stat | undefined {
  try {
    return parseStat(pid, readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return undefined;
  }
}

function parseStat(pid: number, text: string): Stat {
  // counted from behind the command, which may hold spaces: state is field 3, ppid 4, pgrp 5, starttime 22
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return {
    pid,
    parent: Number(fields[1]),
    group: Number(fields[2]),
    zombie: fields[0] === 'Z' || fields[0] === 'X',
    startTime: fields[19] ?? '',
  };
}

async function readEnvironment(pid: number): Promise<string[]> {
  return (await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')).split('\0');
}

const hasVariable = async (pid: number, variable: string) => (await readEnvironment(pid)).includes(variable);
