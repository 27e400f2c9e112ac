import { estimateText } from '../domain/evaluate/estimate-text.ts';
import type { Estimate, MetricComparison } from '../domain/evaluate/evaluation.ts';

/** ▲ and ▼ say better and worse whichever way the metric runs; ≈ that the interval holds both. */
export function trend(comparison: MetricComparison): string {
  const { difference, better } = comparison;
  if (difference === undefined) return '';
  if (difference.lower === null || difference.upper === null) return '❔ too few rows';
  if (difference.lower <= 0 && difference.upper >= 0)
    return difference.lower === 0 && difference.upper === 0 ? '= same' : '≈ unclear';
  return difference.lower > 0 === (better === 'higher') ? '▲ better' : '▼ worse';
}

export function withInterval(estimate: Estimate | undefined, signed = false): string {
  return estimate === undefined ? '—' : estimateText(estimate, signed);
}
