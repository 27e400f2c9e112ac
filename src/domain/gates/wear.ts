/** A holdout that judges one candidate after the other is learnt by those who read its verdicts: it wears out. */
import type { Finding } from './verdict.ts';

/** Beyond this a normal quantile is no longer told apart from infinity. */
const MOST = 1 - 1e-12;

/**
 * The confidence at which the k-th candidate on a holdout is judged (`evaluations` = k ≥ 1, this one included): of the
 * gate's error α = 1 − confidence it may spend α·6/(π²k²). The shares of all candidates ever sum to α, so that the chance
 * that any of them passes wrongly stays at what the gate states for one.
 */
export function confidenceAfter(confidence: number, evaluations: number): number {
  return Math.min(MOST, 1 - ((1 - confidence) * 6) / (Math.PI * Math.max(1, evaluations)) ** 2);
}

/** `judged at 96.96 %`, from the second candidate on with how worn the holdout is. */
export function wearText(confidence: number, evaluations: number): string {
  const judged = `judged at ${percent(confidenceAfter(confidence, evaluations))}`;
  return evaluations === 1 ? judged : `evaluation ${evaluations} of this holdout: ${judged}`;
}

/** With as many decimals as tell it from 100 %: 95 %, 96.96 %, 99.9848 %. */
export function percent(confidence: number): string {
  const rest = 100 * (1 - confidence);
  const decimals = Math.min(12, Math.max(0, 2 - Math.floor(Math.log10(rest))));
  return `${Number((100 - rest).toFixed(decimals))} %`;
}

/** A finding on the holdout's figures, and how worn the holdout was. */
export function worn(found: Finding, confidence: number, evaluations: number): Finding {
  if (found.working.length === 0) return found;
  const spent = `${percentOf(1 - confidence)} · 6 / (π² · ${evaluations}²) = ${percentOf(1 - confidenceAfter(confidence, evaluations))}`;
  const why =
    `The gate states a confidence of ${percent(confidence)}; this is evaluation ${evaluations} of this holdout, which may ` +
    `spend ${spent} of error: it is judged at ${percent(confidenceAfter(confidence, evaluations))}.`;
  return {
    ...found,
    evidence: `${found.evidence}; ${wearText(confidence, evaluations)}`,
    working: [why, ...found.working],
  };
}

function percentOf(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}
