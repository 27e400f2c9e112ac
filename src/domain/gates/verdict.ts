import type { Evaluation } from '../evaluate/evaluation.ts';

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
