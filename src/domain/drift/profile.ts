/**
 * A column's distribution as counts on a fixed grid that was laid over the *reference*: two profiles of the same grid
 * add up, so partitions are profiled apart and merged. NULL, NaN and infinities are counted, never dropped.
 */
export type NumericProfile = {
  kind: 'numeric';
  /** Lower edge of the first bin and width of each (1,000 bins over the reference's .1–99.9 % range). */
  low: number;
  width: number;
  /** Sparse: [bin, count], by bin. */
  bins: [number, number][];
  under: number;
  over: number;
  nulls: number;
  nans: number;
  infinities: number;
};

export type CategoricalProfile = {
  kind: 'categorical';
  /** [category, count] of the reference's categories (at most 1,000), by category. */
  counts: [string, number][];
  /** In the reference but beyond the top categories. */
  other: number;
  /** Not seen in the reference. */
  unseen: number;
  nulls: number;
};

export type ColumnProfile = { column: string; rows: number } & (NumericProfile | CategoricalProfile);

/** Stored with a version at promotion: what the training split and the holdout's predictions looked like. */
export type ReferenceProfile = {
  version: 1;
  rows: number;
  columns: ColumnProfile[];
  prediction: ColumnProfile;
  /** Promised values: the holdout's estimates with intervals, by metric. */
  promised: { metric: string; value: number; lower: number | null; upper: number | null }[];
  /** Decision threshold behind them where the evaluation chose it; else it is the model's. */
  threshold?: number;
};
