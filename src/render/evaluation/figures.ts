/** The figures of an evaluation as people read them. */
import { estimateText } from '../../domain/evaluate/estimate-text.ts';
import type { Estimate, MetricComparison } from '../../domain/evaluate/evaluation.ts';
import { figure } from '../format.ts';
import type { Span } from '../report/document.ts';

export type Direction = 'better' | 'worse' | 'differs' | 'same' | 'unclear' | 'not-corrected' | 'too-few';

const WORDS: Record<Direction, string> = {
  better: '▲ better',
  worse: '▼ worse',
  differs: '◆ differs',
  same: '= same',
  unclear: '≈ unclear',
  'not-corrected': '≈ may be chance',
  'too-few': '❔ too few rows',
};

/**
 * What the interval of a difference says, whichever way the metric runs. Where there is a `q` (one of many slices), a
 * difference counts only when it stands after the correction at `alpha`.
 */
export function directionOf(comparison: MetricComparison & { q?: number }, alpha = 1): Direction | undefined {
  const { difference, better, q } = comparison;
  if (difference === undefined) return undefined;
  const { lower, upper } = difference;
  if (lower === null || upper === null) return 'too-few';
  if (lower <= 0 && upper >= 0) return lower === 0 && upper === 0 ? 'same' : 'unclear';
  if (q !== undefined && q > alpha) return 'not-corrected';
  if (better === 'none') return 'differs';
  return lower > 0 === (better === 'higher') ? 'better' : 'worse';
}

export function directionText(direction: Direction | undefined): string {
  return direction === undefined ? '' : WORDS[direction];
}

export function estimate(of: Estimate | undefined, signed = false): Span {
  return { figure: of === undefined ? '—' : estimateText(of, signed) };
}

export function pointOf(of: Estimate | undefined): Span {
  return { figure: of === undefined ? '—' : estimateText({ value: of.value, lower: null, upper: null }) };
}

/** Two digits; what is smaller than anybody acts on is not spelled out. */
export function probability(p: number | undefined): Span {
  if (p === undefined) return { figure: '—' };
  if (p < 1e-4) return { figure: '< 0.0001' };
  return { figure: String(Number(p.toPrecision(2))) };
}

export function percent(share: number): string {
  return `${figure(share * 100)} %`;
}

/** The arrow points where better is. */
export function metricName({ metric, better }: Pick<MetricComparison, 'metric' | 'better'>): Span[] {
  return [{ code: metric }, { figure: better === 'higher' ? ' ↑' : better === 'lower' ? ' ↓' : '' }];
}
