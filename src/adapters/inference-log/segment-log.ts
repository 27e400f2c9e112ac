import { mkdir, open, readdir, unlink } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../domain/errors.ts';
import { syncFolder } from './sync-folder.ts';

export type SegmentLog = {
  /** Resolves when the rows are on disk (fsync); rows of calls that come meanwhile share the next one. */
  append(rows: object[]): Promise<void>;
  flush(): Promise<void>;
  close(): Promise<void>;
};

type Options = {
  /** Where the segments lie; one process at a time writes here. */
  folder: string;
  /** Makes a finished segment readable elsewhere. Runs again after a crash, so it must be repeatable. */
  compact(file: string, name: string): Promise<void>;
  /** A segment is finished after so many rows, or that long after its first row. */
  maxRows: number;
  maxAgeMs: number;
  onError(error: unknown): void;
};

type Waiting = { text: string; rows: number; resolve: () => void; reject: (error: unknown) => void };

/** Append-only JSON lines in numbered segments. Segments that an earlier process left are compacted at the start. */
export async function openSegmentLog(options: Options): Promise<SegmentLog> {
  await mkdir(options.folder, { recursive: true });
  const left = (await readdir(options.folder)).filter((file) => file.endsWith('.jsonl')).sort();
  const started = Date.now().toString(36).padStart(9, '0');
  let number = 0;
  let waiting: Waiting[] = [];
  let tail: Promise<unknown> = Promise.resolve();
  let current:
    | { handle: Awaited<ReturnType<typeof open>>; name: string; rows: number; timer: NodeJS.Timeout }
    | undefined;
  let finished = left.map((file) => file.slice(0, -'.jsonl'.length));
  let compacting: Promise<void> = Promise.resolve();
  let closed = false;

  const fileOf = (name: string) => path.join(options.folder, `${name}.jsonl`);

  async function openSegment() {
    const name = `${started}-${process.pid}-${String(number++).padStart(6, '0')}`;
    const handle = await open(fileOf(name), 'ax', 0o600);
    await syncFolder(options.folder);
    const timer = setTimeout(() => void flush().catch(options.onError), options.maxAgeMs);
    timer.unref();
    return { handle, name, rows: 0, timer };
  }

  async function finishSegment() {
    if (current === undefined) return;
    const { handle, name, timer } = current;
    current = undefined;
    clearTimeout(timer);
    finished.push(name);
    await handle.close();
  }

  /** One at a time: a segment is never finished while it is being written. */
  function exclusive<T>(task: () => Promise<T>): Promise<T> {
    const run = tail.then(task);
    tail = run.catch(() => undefined);
    return run;
  }

  async function writeBatch() {
    const batch = waiting;
    waiting = [];
    if (batch.length === 0) return;
    try {
      current ??= await openSegment();
      await current.handle.appendFile(batch.map((entry) => entry.text).join(''));
      await current.handle.datasync();
      current.rows += batch.reduce((sum, entry) => sum + entry.rows, 0);
      for (const entry of batch) entry.resolve();
      if (current.rows >= options.maxRows) {
        await finishSegment();
        void compactFinished().catch(options.onError);
      }
    } catch (cause) {
      const error = new AppError('external/storage', `Writing the log in ${options.folder}`, { cause });
      for (const entry of batch) entry.reject(error);
      // A line may be half there: nothing may follow it.
      await finishSegment().catch(options.onError);
    }
  }

  function compactFinished(): Promise<void> {
    compacting = compacting
      .catch(() => undefined)
      .then(async () => {
        const batch = finished;
        finished = [];
        while (batch.length > 0) {
          try {
            await options.compact(fileOf(batch[0]!), batch[0]!);
            await unlink(fileOf(batch[0]!));
          } catch (error) {
            finished = [...batch, ...finished];
            throw error;
          }
          batch.shift();
        }
      });
    return compacting;
  }

  async function flush() {
    await exclusive(writeBatch);
    await exclusive(finishSegment);
    await compactFinished();
  }

  const log: SegmentLog = {
    append(rows) {
      if (closed) return Promise.reject(new AppError('bug/invariant', 'The log is closed'));
      if (rows.length === 0) return Promise.resolve();
      const text = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
      const durable = new Promise<void>((resolve, reject) => {
        waiting.push({ text, rows: rows.length, resolve, reject });
      });
      if (waiting.length === 1) void exclusive(writeBatch);
      return durable;
    },
    flush,
    async close() {
      if (closed) return;
      closed = true;
      await flush();
    },
  };
  if (finished.length > 0) await compactFinished().catch(options.onError);
  return log;
}
