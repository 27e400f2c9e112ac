import path from 'node:path';
import { AppError } from '../../domain/errors.ts';
import { servingFolder } from '../../domain/rollout/serving-folder.ts';
import type { LogParts, Observations, ObservedMonitor } from '../../ports/observations.ts';
import { makeFolder } from './make-folder.ts';
import { hasLog, type LogSettings, type MonitorLog, openMonitorLog } from './monitor-log.ts';

export type ObservationsOptions = {
  settings?: Partial<LogSettings>;
  /** A monitor's log lies in `<folder>/<owner>/<name>/<monitor>`, as that of a deployment does elsewhere. */
  folder: string;
  parts: LogParts;
  /** AppError conflict/stale when another process has claimed the folder; answers how to give it back. */
  claim(folder: string): Promise<() => Promise<void>>;
  /** A log that nobody used for that long is closed. */
  idleMs?: number;
  /** What no monitor needs is kept for so long all the same. Default: 400 days, so that a year can be replayed. */
  keepMs?: number;
  onError(error: unknown): void;
};

const DEFAULTS: LogSettings = {
  segmentBytes: 64 * 2 ** 20,
  segmentAgeMs: 60_000,
  rememberedBatches: 250_000,
  backlogBytes: 2 * 2 ** 30,
};
const IDLE_MS = 600_000;
const KEEP_MS = 400 * 86_400_000;
/** Folders are of days: more often there is nothing to be found. */
const PRUNE_MS = 6 * 3_600_000;

type Entry = { log: Promise<MonitorLog & { release(): Promise<void> }>; users: number; usedAt: number };

export function createObservations(options: ObservationsOptions): Observations {
  const { settings, parts, onError } = options;
  const root = path.resolve(options.folder);
  const entries = new Map<string, Entry>();
  const closing = new Map<string, Promise<void>>();
  const prunedAt = new Map<string, number>();
  let closed = false;
  const idleMs = options.idleMs ?? IDLE_MS;
  const sweep = setInterval(() => {
    for (const [folder, entry] of entries) {
      if (entry.users === 0 && Date.now() - entry.usedAt > idleMs) void shut(folder, entry).catch(onError);
    }
  }, idleMs / 2).unref();

  const folderOf = ({ repository, monitor }: ObservedMonitor) => servingFolder(root, repository, monitor);

  async function open(folder: string): Promise<MonitorLog & { release(): Promise<void> }> {
    await closing.get(folder);
    await makeFolder(folder);
    const release = await options.claim(folder);
    try {
      const log = await openMonitorLog({ ...DEFAULTS, ...settings, folder, parts, onError });
      return { ...log, release };
    } catch (error) {
      await release();
      if (error instanceof AppError) throw error;
      throw new AppError('external/storage', `Opening the log in ${folder}`, { cause: error });
    }
  }

  async function using<T>(folder: string, work: (log: MonitorLog) => Promise<T>): Promise<T> {
    if (closed) throw new AppError('conflict/stale', 'the server is stopping');
    let entry = entries.get(folder);
    if (!entry) {
      entry = { log: open(folder), users: 0, usedAt: 0 };
      entries.set(folder, entry);
      // What failed is tried anew by whoever comes next.
      entry.log.catch(() => entries.delete(folder));
    }
    entry.users += 1;
    try {
      return await work(await entry.log);
    } finally {
      entry.users -= 1;
      entry.usedAt = Date.now();
    }
  }

  function shut(folder: string, entry: Entry): Promise<void> {
    entries.delete(folder);
    const done = entry.log
      .then(async (log) => {
        await log.close().finally(() => log.release());
      })
      .finally(() => closing.delete(folder));
    closing.set(
      folder,
      done.catch(() => undefined),
    );
    return done;
  }

  return {
    accept: (to, batch, receivedAt) => using(folderOf(to), (log) => log.accept(batch, receivedAt)),
    async flush(of) {
      const folder = folderOf(of);
      if (!entries.has(folder) && !(await hasLog(folder))) return;
      try {
        await using(folder, (log) => log.flush());
      } catch (error) {
        // Another process has it: that one makes its rows readable in time.
        if (!(error instanceof AppError && error.code === 'conflict/stale')) throw error;
      }
    },
    async prune(of, needed, now) {
      const folder = folderOf(of);
      const since = Math.min(needed.since, now - (options.keepMs ?? KEEP_MS));
      // A clock that was ahead must not keep it from what comes when that is right again.
      const ago = Math.abs(now - (prunedAt.get(folder) ?? Number.NEGATIVE_INFINITY));
      if (ago < PRUNE_MS || !(await hasLog(folder))) return undefined;
      try {
        const pruned = await using(folder, (log) => log.prune({ ...needed, since }, now));
        prunedAt.set(folder, now);
        return pruned;
      } catch (error) {
        if (error instanceof AppError && error.code === 'conflict/stale') return undefined;
        if (error instanceof AppError) throw error;
        throw new AppError('external/storage', `Removing what is old in ${folder}`, { cause: error });
      }
    },
    async close() {
      if (closed) return;
      closed = true;
      clearInterval(sweep);
      await Promise.all(Array.from(entries, ([folder, entry]) => shut(folder, entry).catch(onError)));
      await Promise.all(closing.values());
      await parts.close();
    },
  };
}
