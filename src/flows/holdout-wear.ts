import type { Records } from './records.ts';

/**
 * Which candidate on this holdout it is, from 1, in the order of their first judgement: noted before anybody is told a
 * verdict, so that the next candidate is judged as the next one. The same candidate again has its number again.
 * `holdouts`: digests under any of which it may be known: that of the rows as the model read them, and that of the split
 * as declared. Another feature, or another way to write the same split, makes no fresh holdout.
 */
export async function countEvaluation(
  records: Records,
  at: { repository: string; model: string },
  holdouts: string[],
  candidate: string,
): Promise<number> {
  const numbers: number[] = [];
  for (const holdout of holdouts) {
    const id = `${at.repository}/${at.model}/${holdout.replace('sha256:', '')}`;
    const after = await records.holdouts.update(id, (current) => {
      const candidates = current?.candidates ?? [];
      return candidates.includes(candidate) ? undefined : { candidates: [...candidates, candidate] };
    });
    numbers.push((after?.candidates.indexOf(candidate) ?? 0) + 1);
  }
  return Math.max(...numbers);
}
