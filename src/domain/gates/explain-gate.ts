import type { Evaluation, GateResult } from '../evaluate/evaluation.ts';
import type { Gate } from '../spec/valid.ts';
import { questionOf } from './gate-question.ts';
import { judgeFigures } from './judge-figures.ts';
import { type GateContext, judgeGate } from './judge-gates.ts';

/**
 * How a gate came to its verdict, in numbered plain sentences: what is asked, at which confidence and why, the figures,
 * the arithmetic, the verdict, and what would change it.
 */
export function explainGate(gate: Gate, evaluation: Evaluation, context: GateContext = {}): string[] {
  const { finding } = judgeFigures(gate, { evaluation, evaluations: context.evaluations ?? 1 });
  const result = judgeGate(gate, evaluation, context);
  const working = finding.working.length > 0 ? finding.working : [sentence(finding.evidence)];
  const sentences = [
    questionOf(gate),
    ...working,
    verdictText(gate, result),
    ...finding.change,
    ...wayOn(gate, result),
  ];
  return sentences.map((text, index) => `${index + 1}. ${text}`);
}

function verdictText(gate: Gate, { verdict, evidence, waiver }: GateResult): string {
  const untold = evidence.startsWith('cannot tell: ');
  const why = untold ? `onCannotTell: ${gate.onCannotTell}` : `onFail: ${gate.onFail}`;
  switch (verdict) {
    case 'pass':
      return 'Verdict: pass.';
    case 'fail':
      return `Verdict: fail (${why}).`;
    case 'cannot-tell':
      return `Verdict: cannot tell, and that blocks (${why}).`;
    case 'needs-approval':
      return `Verdict: needs approval, ${untold ? 'because it cannot be told' : 'because it does not hold'} (${why}).`;
    case 'waived':
      return `Verdict: waived by ${waiver?.by}: ${waiver?.reason}.`;
  }
}

function wayOn(gate: Gate, { verdict, bound }: GateResult): string[] {
  const what = `this gate, candidate, champion, holdout and evidence (${bound.slice(0, 19)}…)`;
  if (verdict === 'needs-approval')
    return [`An owner can let it through; a waiver holds for ${what} and for no other.`];
  if (verdict === 'waived') return [`The waiver holds for ${what}; a change of one of them ends it.`];
  if (verdict === 'fail' || verdict === 'cannot-tell') {
    return [`No approval lets it through: the candidate, or the ${gate.kind} gate in the base branch, has to change.`];
  }
  return [];
}

/** The name of a metric stays as it is written. */
function sentence(text: string): string {
  return `${text.replace(/^[a-z]+(?= )/, (word) => word.charAt(0).toUpperCase() + word.slice(1))}.`;
}
