import type { MetricComparison } from '../evaluation.ts';

/** What a method of intervals finds out about one metric. */
export type Comparison = Pick<MetricComparison, 'method' | 'candidate' | 'champion' | 'difference' | 'p' | 'effect'>;

/** The metric of each model on the rows as they are. */
export type PairValues = { candidate: number; champion?: number };
