/** How a gate reads an interval: never the estimate alone. */
import type { Estimate, Evaluation } from '../evaluate/evaluation.ts';
import { studentQuantile } from '../evaluate/intervals/student.ts';

/** What the figures say, before the gate's consequences. */
export type Finding = {
  verdict: 'pass' | 'fail' | 'cannot-tell';
  /** One sentence with the figures that decided. */
  evidence: string;
  /** The arithmetic with its numbers, a sentence a step. */
  working: string[];
  /** What another verdict would take. */
  change: string[];
};

/** An evaluation, and how many different candidates its holdout has judged with it. */
export type Judged = { evaluation: Evaluation; evaluations: number };

export function finding(
  verdict: Finding['verdict'],
  evidence: string,
  working: string[] = [],
  change: string[] = [],
): Finding {
  return { verdict, evidence, working, change };
}

/** The figures are not there; `remedy`: how they would come to be. */
export function cannotTell(evidence: string, remedy?: string): Finding {
  return finding('cannot-tell', evidence, [], remedy === undefined ? [] : [remedy]);
}

export function worst(verdicts: readonly Finding['verdict'][]): Finding['verdict'] {
  return verdicts.includes('fail') ? 'fail' : verdicts.includes('cannot-tell') ? 'cannot-tell' : 'pass';
}

/** Why nothing can be held against the champion's figures; `undefined` when there are some. */
export function withoutChampion({ champion, championSkipped }: Evaluation): Finding | undefined {
  if (championSkipped !== undefined) {
    return cannotTell(
      `the champion could not be scored: ${championSkipped}`,
      'A champion that can be scored on this holdout would make them comparable.',
    );
  }
  if (champion !== undefined) return undefined;
  return finding('pass', 'there is no champion yet', [
    'There is no champion yet: what is compared with it holds of the first version.',
  ]);
}

/** How many hypotheses a side of an interval is corrected for, after Bonferroni; 1: none. */
export type Corrected = { lower: number; upper: number };
type Confidences = { from: number; to: number; corrected?: Corrected | undefined; degrees?: number | undefined };
const NOT_CORRECTED: Corrected = { lower: 1, upper: 1 };

/** The same interval at another confidence: each side in proportion to the quantile of Student's t. */
export function atConfidence(
  estimate: Estimate,
  { from, to, corrected = NOT_CORRECTED, degrees }: Confidences,
): Estimate {
  const { value, lower, upper } = estimate;
  if (from === to || lower === null || upper === null) return estimate;
  const scale = (side: keyof Corrected) =>
    reachOf(to, degrees, corrected[side]) / reachOf(from, degrees, corrected[side]);
  return {
    value,
    lower: value - (value - lower) * scale('lower'),
    upper: value + (upper - value) * scale('upper'),
  };
}

/** Half-width of a two-sided interval in standard errors; `degrees`: of freedom, ∞ for the normal distribution. */
export function reachOf(confidence: number, degrees = Number.POSITIVE_INFINITY, hypotheses = 1): number {
  return -studentQuantile((1 - confidence) / 2 / hypotheses, degrees);
}
