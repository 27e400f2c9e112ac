/** What the candidate does with inputs that it should bear, on rows of the holdout. */
import { type ColumnBatch, pickRows } from '../../../domain/data/column-batch.ts';
import type { Robustness } from '../../../domain/evaluate/evaluation.ts';
import { predictionDrift } from '../../../domain/evaluate/prediction-drift.ts';
import type { Dataset } from '../../../domain/spec/valid.ts';
import type { DatasetReader } from '../../../ports/dataset.ts';
import type { ScoredHoldout, Scorer } from '../score-holdout.ts';
import { checkAgreement } from './check-agreement.ts';
import { tryDeterminism } from './try-determinism.ts';
import { tryInvariance } from './try-invariance.ts';
import { tryMissing } from './try-missing.ts';
import { tryOutOfRange } from './try-out-of-range.ts';

const MOST_ROWS = 500;
const FEWEST_ROWS = 20;

export async function testRobustness(
  reader: DatasetReader,
  candidate: Scorer & { folder: string },
  dataset: Dataset,
  { file, holdout }: { file: string; holdout: ScoredHoldout },
): Promise<Robustness> {
  const { sample, scored } = holdout;
  const { invariances, confidence } = candidate.model.evaluate;
  const tries = 3 * candidate.model.signature.inputs.length;
  const rows = firstRows(sample, rowsWorth(scored.rows, tries));
  const behaviour = [
    ...(await tryMissing(candidate, dataset, rows)),
    ...(await tryOutOfRange(candidate, dataset, rows)),
    ...(await tryDeterminism(candidate, rows)),
  ];
  const tried = [];
  const place = { reader, file, rows: scored.rows + holdout.unlabelled, dataset };
  for (const one of invariances) tried.push(await tryInvariance(place, candidate, one, confidence));
  const agreement = await checkAgreement(reader, dataset, candidate, candidate.folder);
  const drift = predictionDrift(scored);
  return {
    behaviour,
    invariances: tried,
    ...(agreement === undefined ? {} : { agreement }),
    ...(drift === undefined ? {} : { predictionDrift: drift }),
  };
}

/** All tries together cost about as much as scoring the holdout did. */
function rowsWorth(holdoutRows: number, tries: number): number {
  return Math.max(FEWEST_ROWS, Math.min(MOST_ROWS, Math.floor(holdoutRows / tries)));
}

function firstRows(sample: ColumnBatch, rows: number): ColumnBatch {
  return pickRows(
    sample,
    Array.from({ length: Math.min(rows, sample.rows) }, (_, row) => row),
  );
}
