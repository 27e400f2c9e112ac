import type { PartitionProfile, ReferenceProfile, WindowProfile } from '../domain/drift/profile.ts';
import type { NeededObservations } from '../domain/monitor/needed-observations.ts';
import type { Dataset, Model } from '../domain/spec/valid.ts';
import type { Monitor } from '../domain/spec/valid-monitor.ts';
import type { Pruned } from './observations.ts';

/** Where production is observed: a monitor and what it reads. `allow`: prefixes of locations under the base policy. */
export type Watched = { repository: string; monitor: Monitor; allow: string[] };

export type Span = { from: number; to: number };

/** What one window of production looked like, on the reference's grids. */
export type WindowObservation = {
  from: number;
  to: number;
  profile: WindowProfile;
  /** Predictions of the window whose truth is known, in a fixed order (at most 200,000). */
  labelled: { predictions: Float64Array; labels: Float64Array };
  /** Files that could not be read, with the reason. */
  malformed: { file: string; reason: string }[];
  /**
   * Rows whose event time is missing or cannot be, of the files that reach into the window: each is told of in one window,
   * and those of a file in proportion to its rows in them.
   */
  timeless: number;
  /** Rows that were there twice (same id): in one file they count once; what several files have in common is estimated. */
  duplicates: number;
  /** Event time of the newest row, epoch ms. */
  newest?: number;
  /** Of everything that went into it; the same stamp means the same observation. */
  stamp: string;
};

/** A file that is not profiled on that reference yet. */
export type PendingPartition = { uri: string; stamp: string; bytes: number };

/** The predictions (and labels) of production, read window by window; a file is read once for each reference. */
export type DriftSource = {
  /**
   * Event time of the first and last row there is, epoch ms. Rows whose time cannot be (from before 2000, or an hour after
   * their file was written) are none.
   */
  extent(watched: Watched): Promise<{ first: number; last: number } | undefined>;
  /** Of the files that reach into the window and of the labels, without reading them: see WindowObservation. */
  stamp(watched: Watched, window: Span): Promise<string>;
  /** Reads what is not profiled yet and adds it up. */
  observe(watched: Watched, window: Span, reference: ReferenceProfile, model: Model): Promise<WindowObservation>;
  /** Files that `observe` would have to read. */
  pending(watched: Watched, window: Span, reference: ReferenceProfile): Promise<PendingPartition[]>;
  /** Takes over what a job profiled elsewhere for the window: whole files. */
  accept(watched: Watched, window: Span, reference: ReferenceProfile, partitions: PartitionProfile[]): Promise<void>;
  /**
   * Of what was posted, and nobody else keeps, removes what is not needed; see Observations. `now`: by the monitor's clock.
   * Undefined: nothing was looked for.
   */
  prune(watched: Watched, needed: NeededObservations, now: number): Promise<Pruned | undefined>;
};

/**
 * Profiles partitions where there is no DriftSource, in a runner's job: the same as `observe` would make of them, in the
 * order of `partitions`. One whose stamp is another by now is left out. `folder`: for what it needs meanwhile.
 */
export type PartitionProfiler = (input: {
  monitor: Monitor;
  allow: string[];
  dataRoot: string;
  reference: ReferenceProfile;
  model: Model;
  partitions: { uri: string; stamp: string }[];
  folder: string;
  stop: AbortSignal;
}) => Promise<PartitionProfile[]>;

/**
 * Profiles what a version was trained on and what it answered on the holdout. `predictions`: as the runtime answers
 * them, one value a row or rows × classes.
 */
export type ReferenceMaker = (input: {
  /** Parquet file of the training split, with the declared columns. */
  trainFile: string;
  /** Parquet file of the holdout. */
  holdoutFile: string;
  /** Row of that file which each prediction is of; absent: the first of the first, and so on. */
  places?: Int32Array;
  model: Model;
  dataset: Dataset;
  predictions: Float64Array;
  labels: Float64Array;
  promised: ReferenceProfile['promised'];
}) => Promise<ReferenceProfile>;
