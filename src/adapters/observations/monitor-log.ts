import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../domain/errors.ts';
import type { NeededObservations } from '../../domain/monitor/needed-observations.ts';
import type { ObservationBatch } from '../../domain/monitor/observation-batch.ts';
import type { LogParts, Pruned } from '../../ports/observations.ts';
import { openBatchIndex } from './batch-index.ts';
import { encodeFrame, type Frame } from './frame.ts';
import { createJournal } from './journal.ts';
import { makeFolder } from './make-folder.ts';
import { pruneLog } from './prune-log.ts';
import { readSegment } from './read-segment.ts';
import { createSegment, type Segment } from './segment.ts';

export type LogSettings = {
  /** A segment becomes Parquet after so many bytes, or that long after its first batch. */
  segmentBytes: number;
  segmentAgeMs: number;
  /** Batches whose ids are remembered. */
  rememberedBatches: number;
  /** Of segments that are not Parquet yet: with more, nothing is accepted. */
  backlogBytes: number;
};

type Options = LogSettings & { folder: string; parts: LogParts; onError(error: unknown): void };

export type MonitorLog = {
  accept(batch: ObservationBatch, receivedAt: number): Promise<'accepted' | 'duplicate' | 'different'>;
  flush(): Promise<void>;
  /** Removes what nobody needs of what is Parquet. `now`: what `needed.since` was counted back from. */
  prune(needed: NeededObservations, now: number): Promise<Pruned>;
  close(): Promise<void>;
};

type Finished = Segment & { bytes: number };

/**
 * `segments/` holds what is not Parquet yet, `batches` the ids of what is. A segment goes through three steps, each of
 * which can be done again: its rows are written as Parquet, its ids are written down, it is removed.
 */
export async function openMonitorLog(options: Options): Promise<MonitorLog> {
  const folder = path.join(options.folder, 'segments');
  await makeFolder(folder);
  const index = await openBatchIndex(path.join(options.folder, 'batches'), options.rememberedBatches);
  const flying = new Map<string, { digest: string; kept: Promise<void> }>();
  let finished: Finished[] = [];
  let backlog = 0;
  let compacting: Promise<void> = Promise.resolve();

  for (const file of (await readdir(folder)).sort()) {
    if (file.endsWith('.new')) await rm(path.join(folder, file));
    if (file.endsWith('.jsonl')) await takeOver(path.join(folder, file));
  }

  async function takeOver(file: string) {
    const { batches, facts, damaged } = await readSegment(file);
    if (damaged)
      options.onError(new AppError('external/storage', `Batches are lost: ${file}.damaged is as it was found`));
    for (const batch of batches) index.add(batch);
    await toCompact({ file, name: path.basename(file, '.jsonl'), batches, facts });
  }

  async function toCompact(segment: Segment) {
    const { size: bytes } = await stat(segment.file);
    backlog += bytes;
    finished.push({ ...segment, bytes });
  }

  const journal = createJournal({
    folder,
    maxBytes: options.segmentBytes,
    maxAgeMs: options.segmentAgeMs,
    create: createSegment,
    onError: options.onError,
    async finished(segment) {
      await toCompact(segment);
      void compact().catch(options.onError);
    },
  });

  /** Segments that cannot be written as Parquet stay, and are tried again the next time. */
  function compact(): Promise<void> {
    compacting = compacting
      .catch(() => undefined)
      .then(async () => {
        const todo = finished;
        finished = [];
        const errors: unknown[] = [];
        for (const segment of todo) {
          await compactOne(segment).catch((error) => {
            finished.push(segment);
            errors.push(error);
          });
        }
        if (errors.length > 0) throw errors[0];
      });
    return compacting;
  }

  /** Never while Parquet is being written. */
  function prune(needed: NeededObservations, now: number): Promise<Pruned> {
    const run = compacting.catch(() => undefined).then(() => pruneLog(options.folder, needed, now));
    compacting = run.then(
      () => undefined,
      () => undefined,
    );
    return run;
  }

  async function compactOne({ file, name, facts, batches, bytes }: Finished) {
    const rows = { file, name, folder: options.folder, days: facts.days };
    // a column of nulls fits every type when files are read together
    const inputs = Object.fromEntries(Array.from(facts.inputs, ([column, type]) => [column, type || 'BOOLEAN']));
    if (facts.predictions > 0) await options.parts.write({ kind: 'predictions', inputs, ...rows });
    if (facts.labels > 0) await options.parts.write({ kind: 'labels', inputs: {}, ...rows });
    await index.keep(batches);
    await rm(file);
    backlog -= bytes;
  }

  async function append(frame: Frame): Promise<void> {
    await journal.append(frame);
    index.add(frame);
  }

  if (finished.length > 0) void compact().catch(options.onError);

  return {
    async accept(batch, receivedAt) {
      const frame = encodeFrame(batch, receivedAt);
      const before = index.find(frame);
      if (before) return before === 'same' ? 'duplicate' : 'different';
      const twin = flying.get(frame.id);
      if (twin) {
        await twin.kept;
        return twin.digest === frame.digest ? 'duplicate' : 'different';
      }
      if (backlog > options.backlogBytes) {
        throw new AppError('external/storage', `${Math.round(backlog / 1e6)} MB wait to become Parquet already`);
      }
      const kept = append(frame).finally(() => flying.delete(frame.id));
      flying.set(frame.id, { digest: frame.digest, kept });
      await kept;
      return 'accepted';
    },
    async flush() {
      await journal.finish();
      await compact();
    },
    prune,
    async close() {
      await journal.close();
      await compact().catch(options.onError);
    },
  };
}

/** Whether there is something of that monitor. */
export async function hasLog(folder: string): Promise<boolean> {
  return (await readdir(folder).catch(() => [])).length > 0;
}
