import type { Estimate, MetricComparison } from '../domain/evaluate/evaluation.ts';
import { figure } from './format.ts';

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
  if (estimate === undefined) return '—';
  const show = (value: number) => `${signed && value > 0 ? '+' : ''}${figure(value).replace('-', '−')}`;
  if (estimate.lower === null || estimate.upper === null) return show(estimate.value);
  return `${show(estimate.value)} [${show(estimate.lower)}, ${show(estimate.upper)}]`;
}
