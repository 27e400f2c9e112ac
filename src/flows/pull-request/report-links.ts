/** Where the page of an evaluation and its predictions can be opened, and what is noted for that before it is told. */
import { digestOf } from '../../domain/fingerprint/digest.ts';
import type { FlowDeps } from '../deps.ts';
import type { Records, ReportRecord } from '../records.ts';
import type { JudgedModel } from './decide.ts';
import type { ModelStage } from './stage.ts';

type Evaluated = Pick<NonNullable<ModelStage['evaluate']>, 'evaluationDigest' | 'predictionsDigest'>;

export type ReportLinks = (of: Evaluated) => { page?: string; predictions?: string };

const hexOf = (digest: string): string => digest.replace('sha256:', '');

export function reportLinks({ servesReports, publicUrl }: FlowDeps): ReportLinks {
  if (!servesReports) return () => ({});
  return ({ evaluationDigest: page, predictionsDigest: predictions }) => ({
    ...(page !== undefined && { page: `${publicUrl}/evaluations/${hexOf(page)}.html` }),
    ...(predictions !== undefined && { predictions: `${publicUrl}/predictions/${hexOf(predictions)}.parquet` }),
  });
}

/** Only what is noted is given out: models and data lie in the same place. */
export async function noteReports(deps: FlowDeps, records: Records, models: JudgedModel[]): Promise<void> {
  if (!deps.servesReports) return;
  for (const { stage, gates, state } of models) {
    const { evaluationDigest, predictionsDigest, evaluations } = stage.evaluate ?? {};
    if (state !== 'judged' || evaluationDigest === undefined) continue;
    const report: ReportRecord = {
      model: stage.model.name,
      gates,
      ...(evaluations !== undefined && { evaluations }),
      ...(predictionsDigest !== undefined && { predictions: predictionsDigest }),
    };
    await noteOnce(records.reports, hexOf(evaluationDigest), report);
    if (predictionsDigest === undefined) continue;
    await noteOnce(records.predictions, hexOf(predictionsDigest), { model: stage.model.name });
  }
}

async function noteOnce<T>(
  notes: { update(id: string, change: (current: T | undefined) => T | undefined): Promise<unknown> },
  id: string,
  value: T,
): Promise<void> {
  await notes.update(id, (current) => (current && digestOf(current) === digestOf(value) ? undefined : value));
}
