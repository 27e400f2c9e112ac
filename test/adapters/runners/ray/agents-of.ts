import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** `[agent, its command]` of every attempt whose idle agent (see idle-agent.mjs) started fully below `temporary`. */
export function agentsOf(temporary: string): { name: string; pids: number[] }[] {
  const file = path.join(temporary, `sluice-${process.getuid!()}`, 'pids');
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  return lines.flatMap((line) => {
    const [name, ...numbers] = line.split(' ');
    return name ? [{ name, pids: numbers.map(Number) }] : [];
  });
}

/** A zombie is not alive: where the machine's first process collects none, they stay. */
export function isAlive(pid: number): boolean {
  const stat = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'latin1') : ') X';
  return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
}
