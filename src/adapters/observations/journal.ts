import { AppError } from '../../domain/errors.ts';
import type { Frame } from './frame.ts';
import type { OpenSegment, Segment } from './segment.ts';

export type Journal = {
  /** Resolves when it is on disk (fsync); what comes meanwhile shares the next one. */
  append(frame: Frame): Promise<void>;
  /** Ends the segment that is being written: it goes to `finished`. */
  finish(): Promise<void>;
  /** What was appended is on disk first. */
  close(): Promise<void>;
};

type Options = {
  folder: string;
  /** A segment ends after so many bytes, sooner with many columns, or that long after its first batch. */
  maxBytes: number;
  maxAgeMs: number;
  finished(segment: Segment): Promise<void>;
  create(folder: string, name: string, maxBytes: number): Promise<OpenSegment>;
  onError(error: unknown): void;
};

/** One fsync is for so many bytes: a segment must not become much larger than it should. */
const MOST_TOGETHER = 4 * 2 ** 20;

type Waiting = { frame: Frame; resolve: () => void; reject: (error: unknown) => void };

/** Appends batches to numbered segments. One process at a time writes in a folder. */
export function createJournal(options: Options): Journal {
  const started = Date.now().toString(36).padStart(9, '0');
  let number = 0;
  let waiting: Waiting[] = [];
  let current: { segment: OpenSegment; timer: NodeJS.Timeout; broken: boolean } | undefined;
  let tail: Promise<void> = Promise.resolve();
  let closed = false;

  async function start() {
    const name = `${started}-${process.pid}-${String(number++).padStart(6, '0')}`;
    const segment = await options.create(options.folder, name, options.maxBytes);
    const timer = setTimeout(() => void finish().catch(options.onError), options.maxAgeMs);
    timer.unref();
    return { segment, timer, broken: false };
  }

  async function end(): Promise<void> {
    if (current === undefined) return;
    const { segment, timer } = current;
    if (current.broken) await segment.recover();
    current = undefined;
    clearTimeout(timer);
    await segment.close();
    await options.finished(segment);
  }

  /** Those at the head of the queue that one segment can hold together with what it has. */
  function nextFor(segment: OpenSegment): Waiting[] {
    const taken: Waiting[] = [];
    let bytes = 0;
    for (const one of waiting) {
      if (bytes > MOST_TOGETHER) break;
      bytes += one.frame.buffer.length;
      // What was taken is not among the segment's facts yet, so of frames with something new there is one a time.
      const isNew = addsTo(segment, one.frame);
      if (taken.length > 0 && isNew) break;
      if (!segment.fits(one.frame)) break;
      taken.push(one);
      if (isNew) break;
    }
    return taken;
  }

  async function write(): Promise<void> {
    while (waiting.length > 0) {
      let taken: Waiting[] = [];
      try {
        current ??= await start();
        if (current.broken) {
          await end();
          continue;
        }
        taken = nextFor(current.segment);
        if (taken.length > 0) await current.segment.write(taken.map(({ frame }) => frame));
        waiting = waiting.slice(taken.length);
        for (const { resolve } of taken) resolve();
        if (taken.length === 0 || current.segment.isFull()) await end();
      } catch (cause) {
        const error = new AppError('external/storage', `Writing down what was observed in ${options.folder}`, {
          cause,
        });
        // Who waits longer would only learn the same, later.
        const lost = waiting;
        waiting = [];
        if (current) await repair(current);
        for (const { reject } of lost) reject(error);
      }
    }
  }

  /** What follows goes elsewhere. Not possible now: it is tried again before anything else is written. */
  async function repair(broken: NonNullable<typeof current>): Promise<void> {
    broken.broken = true;
    try {
      await end();
    } catch (error) {
      options.onError(error);
    }
  }

  /** One at a time: a segment never ends while it is being written. */
  function exclusive(task: () => Promise<void>): Promise<void> {
    const run = tail.then(task);
    tail = run.catch(() => undefined);
    return run;
  }

  const finish = () => exclusive(end);

  return {
    append(frame) {
      if (closed) return Promise.reject(new AppError('conflict/stale', 'the server is stopping'));
      const durable = new Promise<void>((resolve, reject) => {
        waiting.push({ frame, resolve, reject });
      });
      if (waiting.length === 1) void exclusive(write);
      return durable;
    },
    finish,
    async close() {
      closed = true;
      await exclusive(write);
      await finish();
    },
  };
}

function addsTo({ facts }: OpenSegment, frame: Frame): boolean {
  for (const name of frame.facts.inputs.keys()) if (!facts.inputs.has(name)) return true;
  for (const day of frame.facts.days) if (!facts.days.has(day)) return true;
  return false;
}
