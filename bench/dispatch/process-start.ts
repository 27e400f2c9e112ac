import { readFile } from 'node:fs/promises';

const TICKS_A_SECOND = 100;

/** When a process of this machine began, epoch ms, to about 10 ms. NaN where there is no /proc or it is gone. */
export async function processStart(pid: number): Promise<number> {
  try {
    const [stat, uptime] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'latin1'),
      readFile('/proc/uptime', 'utf8'),
    ]);
    // proc(5): field 22, counted behind the command's name, which may hold anything
    const ticks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
    return Date.now() - 1000 * (Number(uptime.split(' ')[0]) - ticks / TICKS_A_SECOND);
  } catch {
    return Number.NaN;
  }
}
