import type { ColumnProfile, ReferenceProfile } from '../domain/drift/profile.ts';
import type { Model } from '../domain/spec/valid.ts';

/** What one window of production looked like, on the reference's grid. */
export type WindowObservation = {
  from: number;
  to: number;
  rows: number;
  versions: string[];
  columns: ColumnProfile[];
  prediction: ColumnProfile;
  /** Predictions of the window whose truth is known, in a fixed order (at most 200,000). */
  labelled: { predictions: Float64Array; labels: Float64Array };
  /** Files that could not be read, with the reason. */
  malformed: { file: string; reason: string }[];
};

/** The prediction log (and labels) of a deployment, read window by window. */
export type DriftSource = {
  /** Event time of the first and last row there is, epoch ms. */
  extent(location: { repository: string; deployment: string }): Promise<{ first: number; last: number } | undefined>;
  observe(
    location: { repository: string; deployment: string },
    window: { from: number; to: number },
    reference: ReferenceProfile,
    model: Model,
  ): Promise<WindowObservation>;
};

/**
 * Profiles what a version was trained on and what it answered on the holdout. `predictions`: as the runtime answers
 * them, one value a row or rows × classes.
 */
export type ReferenceMaker = (input: {
  /** Parquet file of the training split, with the declared columns. */
  trainFile: string;
  model: Model;
  predictions: Float64Array;
  promised: ReferenceProfile['promised'];
}) => Promise<ReferenceProfile>;
