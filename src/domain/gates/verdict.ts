/** How a gate reads an interval: never the estimate alone. */
import type { Estimate, Evaluation } from '../evaluate/evaluation.ts';
import { normalQuantile } from '../evaluate/intervals/normal-quantile.ts';

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

/** The same interval at another confidence: each side in proportion to the normal quantile. */
export function atConfidence(estimate: Estimate, from: number, to: number): Estimate {
  if (from === to || estimate.lower === null || estimate.upper === null) return estimate;
  const scale = zOf(to) / zOf(from);
  return {
    value: estimate.value,
    lower: estimate.value - (estimate.value - estimate.lower) * scale,
    upper: estimate.value + (estimate.upper - estimate.value) * scale,
  };
}

/** Half-width of the two-sided interval in standard errors. */
export function zOf(confidence: number): number {
  return normalQuantile((1 + confidence) / 2);
}
