/**
 * The result of an evaluation: what gates read and people see. Same inputs and seed, same bytes, but for `serving`, which
 * is measured.
 */
import type { BehaviourCheck, FairnessRate, MetricName, Task } from '../spec/valid.ts';

/** A value with its two-sided interval at `Evaluation.confidence`; `null` bounds when they cannot be told. */
export type Estimate = {
  value: number;
  lower: number | null;
  upper: number | null;
  /**
   * What the interval was built around where that is not the value: of a calibration error its value without its bias,
   * which may lie below the interval. For another confidence the bounds are scaled about it.
   */
  centre?: number;
  /** What the bounds follow from exactly, so that they can be told at another confidence, too. */
  from?: Counts;
};

/**
 * Counts of rows, effective ones (not whole) where rows have weights or come in groups. `share`: Wilson's interval.
 * `paired`: Tango's, of rows that only the candidate, only the champion has right. `extreme`: Clopper and Pearson's bound
 * of no success in `rows`, as a share of the metric's range; a bound that is the value stays there.
 */
export type Counts =
  | { kind: 'share'; successes: number; rows: number }
  | { kind: 'paired'; gained: number; lost: number; rows: number }
  | { kind: 'extreme'; rows: number };

/**
 * Where an interval comes from. `delta`: infinitesimal jackknife, from the influence of each row; `sums`: sums by bin,
 * normal by the central limit theorem; `none`: too few rows, or a custom metric without scores by row.
 */
export type IntervalMethod =
  | 'delong'
  | 'wilson-tango'
  | 'bca-bootstrap'
  | 'percentile-bootstrap'
  | 'delta'
  | 'sums'
  | 'none';

export type MetricComparison = {
  metric: MetricName;
  better: 'higher' | 'lower' | 'none';
  rows: number;
  method: IntervalMethod;
  /** Of Student's t behind the intervals, where there are so few independent rows or groups that it matters. */
  degrees?: number;
  candidate: Estimate;
  champion?: Estimate;
  /** candidate − champion, paired on the same rows. */
  difference?: Estimate;
  /** Two-sided, of "there is no difference": McNemar's exact test for accuracy, else by the method of the interval. */
  p?: number;
  /** The difference in standard deviations of its part of a row (Cohen's d for paired rows). */
  effect?: number;
};

export type SliceEvaluation = {
  /** `origin=ATL`, `distance in [500, 1000)` or the declared name. */
  name: string;
  rows: number;
  /** `p` as in the whole; `q`: after Benjamini and Hochberg over the slices of this metric. */
  metrics: (MetricComparison & { q?: number })[];
};

/** The search for bad slices: found on one half of the rows, confirmed on the other (`foundSlices`). */
export type Discovery = {
  metric: MetricName;
  /** Slices with enough rows that were looked at, of one column and of two. */
  looked: number;
  /** Slices that the bound on the search left out. */
  leftOut: number;
  /** Those that looked worse row by row, and were measured by the metric on the first half. */
  measured: number;
  /** The same, where the metric cannot be told; all that were looked at where it cannot be told anywhere. */
  unmeasured: number;
  /** Those that stood out on the first half: their figures on the second, the clearest first. */
  tried: TriedSlice[];
  /** Those that stood out, and whose metric cannot be told on the second half. */
  untold: number;
};

export type TriedSlice = {
  name: string;
  rows: number;
  /** What it was tried whether it is worse than: the champion there; without one, the rest of the rows. */
  against: 'champion' | 'rest';
  candidate: Estimate;
  other: Estimate;
  difference: Estimate;
  /** Of Student's t behind the interval of the difference, as in `MetricComparison`. */
  degrees?: number;
  /** Two-sided, of "it is not worse", before any correction; 1 where it is not worse. */
  p: number;
  /** One that is clearer explains it: what is worse there is that one. */
  explained?: true;
};

/** A rate by group of a column, from low to high rate of the candidate. */
export type FairnessReport = {
  by: string;
  rate: FairnessRate;
  /** `rows`: those that the rate is about (of a true-positive rate: the positive ones), as many as the gate asks for. */
  groups: { group: string; rows: number; candidate: Estimate; champion?: Estimate }[];
  /** Groups of fewer such rows, which are not judged. */
  leftOut: number;
  /**
   * The candidate's lowest against its highest. The intervals are of the largest difference and of the smallest ratio
   * (low / high) of any two groups.
   */
  widest?: { low: string; high: string; difference: Estimate; ratio: Estimate };
};

export type ServingCost = {
  /** Milliseconds a request of one row. */
  p50: number;
  p95: number;
  p99: number;
  throughput: { batch: number; rowsPerSecond: number }[];
  /** All files of the artifact. */
  sizeBytes: number;
  /** Resident memory that loading and answering adds to a fresh process; absent where that failed. */
  memoryBytes?: number;
  /** From the beginning of loading to the first answer in a fresh process; absent where that failed. */
  coldStartMs?: number;
};

export type ServingRatios = {
  p50: Estimate;
  p95: Estimate;
  p99: Estimate;
  throughput: { batch: number; ratio: Estimate }[];
  memory?: Estimate;
  coldStart?: Estimate;
};

export type Serving = {
  /** Processor, cores, platform, runtime with version and threads: absolute figures hold there only. */
  machine: string;
  candidate: ServingCost;
  champion?: ServingCost;
  /**
   * candidate / champion, the two in turn in the same run; intervals by bootstrap, of memory and cold start from the
   * lowest to the highest ratio of any two runs.
   */
  ratios?: ServingRatios;
  /** Why memory and cold start are not told. */
  probeFailed?: string;
};

/** What the candidate does with inputs that it should bear. */
export type Robustness = {
  behaviour: { check: BehaviourCheck; input?: string; verdict: 'pass' | 'fail'; evidence: string }[];
  invariances: {
    name: string;
    rows: number;
    /** Share of the rows whose answer changed by more than the tolerance. */
    changed: Estimate;
    /** Largest change of the output. */
    largest: number;
    tolerance: number;
    /** Why it could not be tried. */
    failed?: string;
  }[];
  /** Against the predictions that the training framework gave for rows of its choice (`check.parquet` in the artifact). */
  agreement?: { rows: number; largest: number; mean: number; failed?: string };
  /** Distribution of the predictions, candidate against champion. */
  predictionDrift?: {
    /** Sup distance of the CDFs. */
    distance: number;
    /** Mean absolute difference of the outputs of a row. */
    meanChange: number;
    /** Share of rows that are decided otherwise; absent for regression and ranking. */
    decidedOtherwise?: number;
  };
};

export type SeedVariance = {
  seeds: number[];
  /** One value a seed, in their order; the first is the candidate's. */
  metrics: { metric: MetricName; values: number[]; mean: number; deviation: number }[];
};

/** [from, to) of each bin and the rows in it, by model and where it makes sense by truth. */
export type Histogram = { edges: number[]; counts: number[] };

type Both<T> = { candidate: T; champion?: T };

export type Evaluation = {
  version: 1;
  model: string;
  task: Task;
  dataset: string;
  /** `sha256:…` of the rows that were scored (canonical Parquet-independent digest). */
  holdoutDigest: string;
  rows: number;
  /** Rows of the split that have no label and were left out. */
  unlabelled: number;
  seed: number;
  resamples: number;
  confidence: number;
  /** Decision thresholds; `chosen`: on this split by this metric. */
  threshold: Both<number> & { chosen?: { metric: MetricName; split: string } };
  /** Column whose groups were resampled as a whole. */
  groupedBy?: string;
  /** Column of sample weights. */
  weightedBy?: string;
  candidate: { digest: string };
  champion?: { digest: string; version: string };
  /** There is a champion, but it could not be scored on this holdout, and why. */
  championSkipped?: string;
  metrics: MetricComparison[];
  /** By column or declared name, bins from low to high; those with too few rows are counted in `slicesLeftOut`. */
  slices: SliceEvaluation[];
  slicesLeftOut: number;
  discovery?: Discovery;
  fairness: FairnessReport[];
  robustness: Robustness;
  seeds?: SeedVariance;
  serving: Serving;
  curves: {
    /** Binary: false-positive rate, true-positive rate, at most 200 points. */
    roc?: Both<[number, number][]>;
    /** Binary: recall, precision, at most 200 points. */
    pr?: Both<[number, number][]>;
    /** Binary: mean predicted, observed share, rows; ten bins. */
    calibration?: Both<[number, number, number][]>;
    /** Binary and regression: distribution of the predictions; binary: of each class. */
    scores?: Both<{ all: Histogram; positive?: Histogram; negative?: Histogram }>;
    /** Regression: predicted, observed of a seeded sample of at most 500 rows. */
    residuals?: { candidate: [number, number][] };
    /** Multiclass: rows of truth × columns of prediction, in the order of the classes. */
    confusion?: { classes: string[]; candidate: number[][] };
  };
};

export type GateVerdict = 'pass' | 'fail' | 'needs-approval' | 'cannot-tell' | 'waived';

export type GateResult = {
  /** `roc_auc against champion`, as the report shows it. */
  gate: string;
  verdict: GateVerdict;
  /** One sentence with the figures that decided. */
  evidence: string;
  /** `sha256:…` of what was judged: the gate as written, the artifacts, the holdout. A waiver names it. */
  bound: string;
  /** Who let it through, and why; only of `waived`. */
  waiver?: { by: string; reason: string };
};
