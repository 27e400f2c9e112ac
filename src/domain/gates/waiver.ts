import type { Evaluation, GateResult } from '../evaluate/evaluation.ts';
import { digestOf } from '../fingerprint/digest.ts';
import type { Gate } from '../spec/valid.ts';
import type { Finding } from './verdict.ts';

/** A person's word that one gate's finding may stand, for exactly what was judged. */
export type Waiver = {
  /** `GateResult.bound` of the result that is waived. */
  bound: string;
  by: string;
  reason: string;
  /** Epoch milliseconds. */
  at?: number;
};

/**
 * `sha256:…` of what a gate judges and of what it found: another gate, candidate, champion or holdout is another bound,
 * and so is worse evidence for the same; a waiver of this one says nothing of it.
 */
export function boundOf(gate: Gate, evaluation: Evaluation, found: Pick<Finding, 'verdict' | 'evidence'>): string {
  return digestOf({
    gate,
    task: evaluation.task,
    candidate: evaluation.candidate.digest,
    champion: evaluation.champion?.digest ?? null,
    holdout: evaluation.holdoutDigest,
    verdict: found.verdict,
    evidence: found.evidence,
  });
}

/** Only what a person may let through: a gate that blocks is changed in its file or not at all. */
export function applyWaivers(result: GateResult, waivers: readonly Waiver[]): GateResult {
  if (result.verdict !== 'needs-approval') return result;
  const waiver = waivers.find(({ bound }) => bound === result.bound);
  if (waiver === undefined) return result;
  return { ...result, verdict: 'waived', waiver: { by: waiver.by, reason: waiver.reason } };
}
