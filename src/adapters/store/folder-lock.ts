import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import { AppError } from '../../domain/errors.ts';

/** `started`: clock ticks since boot from /proc, so that a recycled pid is not taken for the holder; '' elsewhere. */
type Holder = { pid: number; started: string; host: string; token: string };

const TOUCH_MS = 5_000;
/** Pids of another host (or container) say nothing here; its lock counts as alive while it is touched. */
const FOREIGN_ALIVE_MS = 15_000;

const held = new Set<string>();

/** Takes the lock file or throws config/environment. Answers how to release it. A dead holder's lock is taken over. */
export async function lockFolder(file: string): Promise<() => Promise<void>> {
  if (held.has(file)) throw inUse(file, process.pid);
  held.add(file);
  const mine: Holder = {
    pid: process.pid,
    started: await startTime(process.pid),
    host: os.hostname(),
    token: randomUUID(),
  };
  try {
    while (!(await tryCreate(file, mine))) await removeStale(file);
  } catch (error) {
    held.delete(file);
    throw error;
  }
  const timer = setInterval(() => void utimes(file, new Date(), new Date()).catch(() => undefined), TOUCH_MS);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await rm(file, { force: true });
    held.delete(file);
  };
}

/** Linked into place with its content, since a lock that is seen half-written would pass for a dead one. */
async function tryCreate(file: string, holder: Holder): Promise<boolean> {
  const written = `${file}.${holder.token}`;
  await writeFile(written, JSON.stringify(holder));
  try {
    await link(written, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(written, { force: true });
  }
}

async function removeStale(file: string): Promise<void> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return;
  const holder = parseHolder(text);
  if (holder && (await isAlive(file, holder))) throw inUse(file, holder.pid);
  // renamed first and compared: of two that saw the same dead lock, one must not remove the other's new one
  const aside = `${file}.${randomUUID()}`;
  await rename(file, aside).catch(() => undefined);
  const moved = await readFile(aside, 'utf8').catch(() => undefined);
  if (moved !== undefined && moved !== text) {
    await rename(aside, file);
    throw inUse(file, parseHolder(moved)?.pid);
  }
  await rm(aside, { force: true });
}

function parseHolder(text: string): Holder | undefined {
  try {
    return JSON.parse(text) as Holder;
  } catch {
    return undefined;
  }
}

async function isAlive(file: string, holder: Holder): Promise<boolean> {
  if (holder.host !== os.hostname()) {
    const touched = await stat(file).catch(() => undefined);
    return touched !== undefined && Date.now() - touched.mtimeMs < FOREIGN_ALIVE_MS;
  }
  // our own pid in a file that this process does not hold: left by an earlier life (pid 1 of a container)
  if (holder.pid === process.pid) return false;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return holder.started === '' || holder.started === (await startTime(holder.pid));
}

/** Of a process that runs; '' without /proc, and of a zombie, which holds nothing any more. */
async function startTime(pid: number): Promise<string> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // the command in parentheses may hold spaces: state is field 3, starttime 22, the pid being the first
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? '' : (fields[19] ?? '');
}

function inUse(file: string, pid: number | undefined): AppError {
  const holder = pid === undefined ? 'another process' : `process ${pid}`;
  return new AppError(
    'config/environment',
    `The data folder is in use by ${holder} (${file}). Stop it, choose another folder, or set DATABASE_URL to share a ` +
      'Postgres server between several processes',
  );
}
