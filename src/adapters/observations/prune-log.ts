import { readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { NeededObservations } from '../../domain/monitor/needed-observations.ts';
import type { Pruned } from '../../ports/observations.ts';

const DAY_MS = 86_400_000;
const DAY = /^dt=(\d{4}-\d{2}-\d{2})$/;
/** No reader looks into folders whose names begin with a dot. */
const LEAVING = '.leaving-';

/**
 * Removes the days of a log, and the files of labels that were written before, which nobody needs. `now`: what
 * `needed.since` was counted back from; where the newest day of the log ends before, it is counted back from that end. A
 * day leaves as a whole before its files go: killed at any moment, the next time goes on. Nobody may write Parquet
 * meanwhile.
 */
export async function pruneLog(folder: string, needed: NeededObservations, now: number): Promise<Pruned> {
  const pruned: Pruned = { days: 0, files: 0, bytes: 0 };
  const log = path.join(folder, 'log');
  for (const name of await namesIn(log)) if (name.startsWith(LEAVING)) await removeDay(path.join(log, name));
  const days = await namesIn(log);
  const kept = { ...needed, since: needed.since - Math.max(0, now - newestEnd(days)) };
  for (const name of days) {
    if (!isOver(name, kept)) continue;
    const leaving = path.join(log, `${LEAVING}${name}`);
    await rename(path.join(log, name), leaving);
    await removeDay(leaving);
    pruned.days += 1;
  }
  const labels = path.join(folder, 'labels');
  for (const name of await namesIn(labels)) {
    const file = path.join(labels, name);
    const { mtimeMs, size } = await stat(file);
    if (mtimeMs < kept.since) await removeFile(file, size);
  }
  return pruned;

  async function removeDay(day: string) {
    for (const name of await namesIn(day)) {
      const file = path.join(day, name);
      await removeFile(file, (await stat(file)).size);
    }
    await rm(day, { recursive: true });
  }

  async function removeFile(file: string, bytes: number) {
    await rm(file, { recursive: true });
    pruned.files += 1;
    pruned.bytes += bytes;
  }
}

/**
 * By the times of rows, which senders say: the server's clock, which may be ahead, dates what is written of labels too.
 * Without rows it is the beginning of time.
 */
function newestEnd(days: string[]): number {
  let newest = Number.NEGATIVE_INFINITY;
  for (const name of days) newest = Math.max(newest, (dayOf(name) ?? Number.NEGATIVE_INFINITY) + DAY_MS);
  return newest;
}

function dayOf(name: string): number | undefined {
  const from = Date.parse(DAY.exec(name)?.[1] ?? '');
  return Number.isNaN(from) ? undefined : from;
}

function isOver(name: string, { since, besides }: NeededObservations): boolean {
  const from = dayOf(name);
  if (from === undefined || from + DAY_MS > since) return false;
  return besides === undefined || from >= besides.to || from + DAY_MS <= besides.from;
}

async function namesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names.sort();
}
