import type { Records } from './records.ts';

/**
 * Which candidate on this holdout it is, from 1, in the order of their first judgement: noted before anybody is told a
 * verdict, so that the next candidate is judged as the next one. The same candidate again has its number again.
 */
export async function countEvaluation(
  records: Records,
  repository: string,
  model: string,
  { holdoutDigest, candidate }: { holdoutDigest: string; candidate: { digest: string } },
): Promise<number> {
  const id = `${repository}/${model}/${holdoutDigest.replace('sha256:', '')}`;
  const after = await records.holdouts.update(id, (current) => {
    const candidates = current?.candidates ?? [];
    return candidates.includes(candidate.digest) ? undefined : { candidates: [...candidates, candidate.digest] };
  });
  return (after?.candidates.indexOf(candidate.digest) ?? 0) + 1;
}
