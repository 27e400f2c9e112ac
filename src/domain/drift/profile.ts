import type { Estimate } from '../evaluate/evaluation.ts';

/**
 * A column's distribution as counts on a fixed grid that was laid over the *reference*: two profiles of the same grid
 * add up, so partitions are profiled apart and merged. NULL, NaN and infinities are counted, never dropped.
 */
export type NumericProfile = {
  kind: 'numeric';
  /** Lower edge of the first bin and width of each (1,000 bins over the reference's .1–99.9 % range), as `scale` has it. */
  low: number;
  width: number;
  /** asinh: the grid lies over asinh(x / unit), for what is skewed. Default: over x itself. */
  scale?: { asinh: number };
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

/** `rows`: values that were counted; of a window that has more rows, the source had no such column in the others. */
export type ColumnProfile = { column: string; rows: number } & (NumericProfile | CategoricalProfile);

/**
 * How the values of a profile come from a row.
 * value: the column itself · length: characters of a text · words: each lower-case word of a text counts once ·
 * norm: Euclidean, of an embedding · component: Σ weights·(x − mean), of an embedding · reconstruction: squared error
 * of the standardised `columns` after the projection on `components` (orthonormal rows), missing values as the mean.
 */
export type Measure =
  | { of: 'value'; column: string }
  | { of: 'length'; column: string }
  | { of: 'words'; column: string }
  | { of: 'norm'; column: string }
  | { of: 'component'; column: string; mean: number[]; weights: number[] }
  | {
      of: 'reconstruction';
      columns: { column: string; mean: number; deviation: number }[];
      components: number[][];
    };

/**
 * Variance of the cumulative shares between blocks of consecutive rows of the training data, over what independent rows
 * would give; at least 1. `rows`: of a block. `growth`: the power of the rows of a block with which ratio − 1 grows (see
 * over-dispersion.ts); absent when there are too few blocks to tell. `seconds`: that a
 * block lasts on the average, where rows have times.
 */
export type OverDispersion = { ratio: number; rows: number; growth?: number; seconds?: number };

/** A reference's column: its profile, named `column`, `column.length`, `column.pc1`, …, and what only a reference has. */
export type ReferenceColumn = ColumnProfile & {
  measure: Measure;
  overDispersion?: OverDispersion;
  /** The same beyond what the hours of the week explain, for windows that are compared with the same hours. */
  seasonDispersion?: OverDispersion;
  /** Mean loss of the holdout's rows by cell (numeric: bin of the coarse grid; categorical: category). */
  losses?: { cell: number | string; rows: number; loss: number }[];
};

/**
 * Profiles of parts of the rows; numbers on a coarse grid, every ten bins one, and categories without rows left out (see
 * coarsen.ts).
 * `by`: `hour-of-week` (keys 0…167, Monday 0 h UTC first), or the column whose values are the keys.
 */
export type GroupedProfile = {
  by: string;
  /** By key, in the order of its UTF-16 code units. */
  groups: { key: string; rows: number; columns: ColumnProfile[] }[];
};

/** Stored with a version at promotion: what the training split and the holdout's predictions looked like. */
export type ReferenceProfile = {
  version: 2;
  rows: number;
  columns: ReferenceColumn[];
  /** Binary: probability of the positive class; regression: the value; multiclass: index of the chosen class. */
  prediction: ReferenceColumn;
  /** Probability of the chosen class; classification only. */
  confidence?: ReferenceColumn;
  groups: GroupedProfile[];
  /** Promised values: the holdout's estimates with intervals, by metric. */
  promised: ({ metric: string } & Pick<Estimate, 'value' | 'lower' | 'upper'>)[];
  /** Decision threshold behind them where the evaluation chose it; else it is the model's. */
  threshold?: number;
  /** Isotonic: [score, probability that it is true], ascending; of `prediction` (binary) or `confidence` (multiclass). */
  calibration?: [number, number][];
  /** What `losses` are of: log_loss, squared_error, or zero_one. */
  loss?: 'log_loss' | 'squared_error' | 'zero_one';
};

/** What production looked like in a span of time, on the grids of a reference. Two of them add up. */
export type WindowProfile = {
  version: 1;
  /** Answered requests' rows. */
  rows: number;
  /** Those of the reference's that the source has, by name: a merge of parts knows no other order. */
  columns: ColumnProfile[];
  prediction?: ColumnProfile;
  confidence?: ColumnProfile;
  /** log10 of milliseconds on LATENCY_GRID. */
  latency?: ColumnProfile;
  /** Rows that got no answer. */
  errors: number;
  /** Version and its rows, by version. */
  versions: [string, number][];
  /** Column and the types that the source's files gave it, both sorted. */
  types: [string, string[]][];
  groups: GroupedProfile[];
};

/** What one file of the source holds, window by window: the unit that is profiled once, anywhere, and then added up. */
export type PartitionProfile = {
  version: 1;
  uri: string;
  /** Changes when the file does. */
  stamp: string;
  windowMs: number;
  /** By `from` (epoch ms). */
  windows: PartitionWindow[];
  /** Event times of its first and last row, where only some of its windows are here. */
  edges?: { first: number; last: number };
  /** Rows whose event time is missing or no time; of some of its windows their share of them. */
  timeless: number;
  /** Why nothing of it could be read. */
  malformed?: string;
};

export type PartitionWindow = {
  from: number;
  /** Event times of the first and the last row. */
  oldest: number;
  newest: number;
  profile: WindowProfile;
  /** Rows whose id came again in the same file; they are in no profile. */
  duplicates?: number;
  /** The smallest hashes of the rows' ids (64 bits in hex), ascending, at most 512: what files have in common shows. */
  ids?: string[];
};
