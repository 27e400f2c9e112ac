import type { Records } from '../records.ts';

/** The judge's alert, if it began after the rollout did: what was wrong before is not the candidate's doing. */
export async function alertAgainst(
  records: Records,
  repository: string,
  judge: string | undefined,
  since: number,
): Promise<string | undefined> {
  if (!judge) return undefined;
  const record = await records.monitors.get(`${repository}/${judge}`);
  if (!record) return undefined;
  const firing = record.alerts?.find(({ status, startsAt }) => status === 'firing' && startsAt >= since);
  if (firing) return `the alert ${firing.name} fires`;
  const { alert, windows } = record;
  const began = alert.again ?? alert.since;
  if (alert.status !== 'open' || began === undefined || began < since) return undefined;
  const bad = windows.findLast(({ verdict }) => verdict.verdict === 'bad');
  return bad?.verdict.reasons[0] ?? `${judge} is open`;
}
