import type { Records } from '../records.ts';

/** The judge's alert, if it opened after the rollout began: what was wrong before is not the candidate's doing. */
export async function alertAgainst(
  records: Records,
  repository: string,
  judge: string | undefined,
  since: number,
): Promise<string | undefined> {
  if (!judge) return undefined;
  const record = await records.monitors.get(`${repository}/${judge}`);
  const { alert } = record ?? {};
  if (alert?.status !== 'open' || alert.since === undefined || alert.since < since) return undefined;
  return record?.windows.at(-1)?.verdict.reasons[0] ?? `${judge} is open`;
}
