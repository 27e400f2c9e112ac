/** The result of an evaluation: what gates read and people see. Same inputs and seed, same bytes. */
import type { MetricName, Task } from '../spec/valid.ts';

/** A value with its two-sided interval at `Evaluation.confidence`; `null` bounds when they cannot be told. */
export type Estimate = { value: number; lower: number | null; upper: number | null };

export type MetricComparison = {
  metric: MetricName;
  better: 'higher' | 'lower';
  rows: number;
  candidate: Estimate;
  champion?: Estimate;
  /** candidate − champion, paired on the same rows. */
  difference?: Estimate;
};

export type SliceEvaluation = {
  /** `origin=ATL` or the declared name. */
  name: string;
  rows: number;
  metrics: MetricComparison[];
};

/** Milliseconds a request of one row, and rows a second in batches of 1,000, on the evaluating machine. */
export type ServingCost = { p50: number; p95: number; p99: number; rowsPerSecond: number; sizeBytes: number };

export type Evaluation = {
  version: 1;
  task: Task;
  dataset: string;
  /** `sha256:…` of the rows that were scored (canonical Parquet-independent digest). */
  holdoutDigest: string;
  rows: number;
  seed: number;
  resamples: number;
  confidence: number;
  threshold: number;
  /** Column whose groups were resampled as a whole. */
  groupedBy?: string;
  candidate: { digest: string; serving: ServingCost };
  champion?: { digest: string; version: string; serving: ServingCost };
  /** There is a champion, but it could not be scored on this holdout, and why. */
  championSkipped?: string;
  metrics: MetricComparison[];
  /** By name; slices with the fewest rows folded away are counted in `slicesLeftOut`. */
  slices: SliceEvaluation[];
  slicesLeftOut: number;
  curves: {
    /** Binary: false-positive rate, true-positive rate, at most 200 points. */
    roc?: { candidate: [number, number][]; champion?: [number, number][] };
    /** Binary: mean predicted, observed share, rows; ten bins. */
    calibration?: { candidate: [number, number, number][]; champion?: [number, number, number][] };
    /** Regression: predicted, observed of a seeded sample of at most 500 rows. */
    residuals?: { candidate: [number, number][] };
    /** Multiclass: rows of truth × columns of prediction, in the order of the classes. */
    confusion?: { classes: string[]; candidate: number[][] };
  };
};

export type GateVerdict = 'pass' | 'fail' | 'needs-approval' | 'cannot-tell';

export type GateResult = {
  /** `roc_auc against champion`, as the report shows it. */
  gate: string;
  verdict: GateVerdict;
  /** One sentence with the figures that decided. */
  evidence: string;
};
