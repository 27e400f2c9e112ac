import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { processesOf } from '../../e2e/harness/processes.ts';
import type { ServerProcess } from '../../e2e/harness/server-process.ts';
import type { Network } from './network.ts';

const KINDS = ['server', 'network', 'agent', 'machine'] as const;
export type Kind = (typeof KINDS)[number];

/** A job has three attempts: one that is in its last is left alone, so that it is known how all of them end. */
const LAST_ATTEMPT = 3;
const MOST_AWAY_MS = 4_000;

export type Attacker = {
  /** Strikes once, at whatever is there. */
  strike(): Promise<void>;
  counts: Record<Kind, number>;
};

/** Kills what takes part in a job: the server, the network, an agent alone, or everything of its machine at once. */
export function createAttacker(
  world: { jobsFolder: string; server: ServerProcess; network: Network },
  random: () => number,
  say: (line: string) => void,
): Attacker {
  const counts: Record<Kind, number> = { server: 0, network: 0, agent: 0, machine: 0 };
  const one = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;

  async function strike(): Promise<void> {
    const victims = await attempts(world.jobsFolder);
    const kind = one(victims.length > 0 ? KINDS : (['server', 'network'] as const));
    counts[kind] += 1;
    if (kind === 'server') {
      await world.server.kill();
      await sleep(random() * MOST_AWAY_MS);
      await world.server.launch();
      await world.server.ready();
    } else if (kind === 'network') {
      await world.network.cut(random() * MOST_AWAY_MS);
    } else {
      const { name, pid } = one(victims);
      say(`${kind} of ${name}`);
      const others = kind === 'agent' ? [] : await processesOf(`SLUICE_JOB=${name}`);
      const pids = new Set([pid, ...others.map((found) => found.pid)]);
      for (const each of pids) kill(each);
    }
    say(`strike ${Object.values(counts).reduce((sum, count) => sum + count)}: ${kind}`);
  }
  return { strike, counts };
}

/** Agents that live and whose loss leaves another attempt. */
async function attempts(jobsFolder: string): Promise<{ name: string; pid: number }[]> {
  const folder = path.join(jobsFolder, 'agents');
  const files = (await readdir(folder).catch(() => [])).filter((file) => /^(?!spare-).*\.json$/.test(file));
  const found = await Promise.all(
    files.map(async (file) => {
      const text = await readFile(path.join(folder, file), 'utf8').catch(() => undefined);
      const name = file.slice(0, -'.json'.length);
      const last = Number(name.split('.').at(-1)) >= LAST_ATTEMPT;
      if (text === undefined || last) return [];
      const { pid } = JSON.parse(text) as { pid: number };
      return isAlive(pid) ? [{ name, pid }] : [];
    }),
  );
  return found.flat();
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it ended by itself
  }
}
