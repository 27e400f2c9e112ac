import { readdir, readFile } from 'node:fs/promises';

export type FoundProcess = { pid: number; command: string };

/**
 * Living processes, this one apart, whose command line or environment names the folder: whatever a world started and
 * left, orphans included. Empty where there is no /proc.
 */
export async function processesOf(folder: string): Promise<FoundProcess[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(pids.map((pid) => look(pid, folder)));
  return found.filter((one) => one !== undefined);
}

/** Without the agent that waits for its first work, which lives as long as its server. */
export function withoutSpare(found: FoundProcess[]): FoundProcess[] {
  return found.filter(({ command }) => !/ spare-agent /.test(command));
}

async function look(pid: number, folder: string): Promise<FoundProcess | undefined> {
  if (pid === process.pid) return undefined;
  const read = (name: string) => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '');
  const [command, environment] = await Promise.all([read('cmdline'), read('environ')]);
  if (!command.includes(folder) && !environment.includes(folder)) return undefined;
  return { pid, command: command.replaceAll('\0', ' ').trim() };
}
