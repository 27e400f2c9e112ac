/** What is said of a window of production. */
import type { Estimate } from '../evaluate/evaluation.ts';
import type { MetricName } from '../spec/valid.ts';
import type { ColumnProfile, Measure } from './profile.ts';

/**
 * good: nothing moved by more than the effect · bad: something did, a promised metric or a deterministic check is broken ·
 * cannot-tell: too few rows · no-data: none at all.
 */
export type Verdict = 'good' | 'bad' | 'cannot-tell' | 'no-data';

export type EffectTest = {
  /** cdf-distance: sup |F − G| · psi: population stability index, less what chance alone would give. */
  measure: 'cdf-distance' | 'psi';
  effect: number;
  threshold: number;
  /** Of "the effect is at most the threshold". */
  p: number;
  /** p adjusted for all tests of the window (Benjamini–Hochberg). */
  adjusted: number;
};

export type ColumnFinding = {
  column: string;
  kind: ColumnProfile['kind'];
  of: Measure['of'];
  rows: { reference: number; window: number };
  /** Of the rows with a value; absent when the window has none. */
  values?: EffectTest;
  missing: EffectTest & { reference: number; window: number };
  drifted: boolean;
  /** The column is gone, empty, or of another kind than the reference. */
  broken?: string;
  /** Lower 95 % bound of the CDF distance (numeric only). */
  atLeast?: number;
  /** Share of the window's values that the reference never had (categorical only). */
  unseen?: number;
  /** Change of the mean loss that this column's shift alone would bring; positive is worse. */
  lossEffect?: number;
  /** step: far from the windows just before as well · slow: far from the training, near to the windows before. */
  pattern?: 'step' | 'slow';
  /** Figures that explain and never decide; W1 in standard deviations of the reference. */
  explain?: { psi: number; jensenShannon: number; wasserstein?: number; meanReference?: number; meanWindow?: number };
};

/** A deterministic check of the data, before any statistics. severe: opens at once. */
export type QualityFinding = {
  check: 'schema' | 'volume' | 'freshness' | 'latency' | 'errors' | 'malformed' | 'duplicates' | 'timeless' | 'late';
  level: 'note' | 'bad' | 'severe';
  column?: string;
  /** One sentence: what was seen and what was expected. */
  text: string;
};

/** A metric of the rows whose truth is known, against what the evaluation promised. */
export type PerformanceFinding = {
  /** `calibration_gap`: mean predicted probability − observed share. */
  metric: MetricName | 'calibration_gap';
  /** Rows whose truth is known, out of those that were answered. */
  rows: number;
  outOf?: number;
  /** How far these rows' predictions are from all of the window's: labels that came first for some kinds of rows mislead. */
  skew?: number;
  measured?: Estimate;
  promised?: Estimate;
  noWorseThan?: number;
  /** broken: even the favourable end of the interval is worse than promised − noWorseThan. */
  verdict: 'kept' | 'broken' | 'cannot-tell' | 'reported';
};

/** What a metric would be if calibrated probabilities told the truth; blind to concept drift. */
export type PerformanceEstimate = {
  metric: MetricName;
  value: number;
  promised?: number;
  /** Mean and largest |estimate − measured| over earlier windows whose truth is known. */
  pastError?: { mean: number; largest: number; windows: number };
};

/** A part of the rows in which a column moved by more than in the rest. */
export type SegmentFinding = { by: string; key: string; column: string; effect: number; rows: number };

export type Cause = {
  kind: 'schema' | 'missing' | 'new-category' | 'volume' | 'season' | 'unit' | 'model' | 'unknown';
  /** One sentence with the evidence. */
  text: string;
};

export type WindowVerdict = {
  verdict: Verdict;
  /** Bad enough to open at once: a check that says so, a column that vanished, or a distance beyond .3 with 95 % confidence. */
  severe: boolean;
  /** Good with room to spare (effects below .8 of the threshold): only such windows close an alert. */
  clear: boolean;
  quality: QualityFinding[];
  /** Inputs, largest effect on the performance first where it is known, else in units of the threshold; then as declared. */
  columns: ColumnFinding[];
  prediction?: ColumnFinding;
  confidence?: ColumnFinding;
  performance: PerformanceFinding[];
  estimates: PerformanceEstimate[];
  /** Largest first. */
  segments: SegmentFinding[];
  cause?: Cause;
  /** Sentences, the most important first: what is bad, or why it cannot be told. */
  reasons: string[];
};

/** `from`, `to` in epoch ms. `merged`: windows before it that are judged with it, since each has too few rows. */
export type JudgedWindow = { from: number; to: number; merged?: number; verdict: WindowVerdict };
