import type { NeededObservations } from '../domain/monitor/needed-observations.ts';
import type { ObservationBatch } from '../domain/monitor/observation-batch.ts';

export type ObservedMonitor = { repository: string; monitor: string };

/** What was removed. */
export type Pruned = { days: number; files: number; bytes: number };

/** Append-only, one log a monitor. */
export type Observations = {
  /**
   * On disk when it resolves. duplicate: it is there already; different: other content has come under that id.
   * AppError external/storage when it could not be kept: then nothing of it is there, or, after a crash in that very
   * moment, all of it under its id; conflict/stale when another process writes here.
   */
  accept(
    to: ObservedMonitor,
    batch: ObservationBatch,
    receivedAt: number,
  ): Promise<'accepted' | 'duplicate' | 'different'>;
  /** Makes everything accepted readable as Parquet, also what an earlier process left. */
  flush(of: ObservedMonitor): Promise<void>;
  /**
   * Removes what is not needed and was kept for as long as the operator wishes (`now`: by the clock that rows are dated by),
   * both counted back from the newest day with rows where that is earlier: a clock that is ahead removes nothing.
   * Undefined: it is not time to look yet, or another process has the log. AppError external/storage.
   */
  prune(of: ObservedMonitor, needed: NeededObservations, now: number): Promise<Pruned | undefined>;
  /** What was accepted is kept first. Afterwards nothing is accepted. */
  close(): Promise<void>;
};

/** Turns accepted rows into the files of the log. Doing it again gives the same files. */
export type LogParts = {
  write(rows: {
    kind: 'predictions' | 'labels';
    /** JSON lines; those of this kind have it as their `kind`. */
    file: string;
    /** What the files are named after. */
    name: string;
    /** SQL type by input: fields of `inputs` in each row, columns `in_…` of the files. */
    inputs: Record<string, string>;
    /** `YYYY-MM-DD` of the rows' times, UTC; of labels it makes no difference. */
    days: Iterable<string>;
    /** Of the monitor: predictions go to `log/dt=YYYY-MM-DD/`, labels to `labels/`. */
    folder: string;
  }): Promise<void>;
  close(): Promise<void>;
};
