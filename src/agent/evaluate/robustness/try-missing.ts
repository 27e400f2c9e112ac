/** What a model does when an input has no value. */
import type { ColumnBatch } from '../../../domain/data/column-batch.ts';
import type { Robustness } from '../../../domain/evaluate/evaluation.ts';
import type { Dataset } from '../../../domain/spec/valid.ts';
import type { Scorer } from '../score-holdout.ts';
import { allMissing, withColumn } from './changed-inputs.ts';
import { tryAnswer } from './try-answer.ts';

type Behaviour = Robustness['behaviour'][number];

/**
 * Every input in turn without a value in any row. One that its dataset declares `nullable` must be borne, whatever its
 * type; of the others, which no row may lack, it is only said that the model would not bear it.
 */
export async function tryMissing({ model, loaded }: Scorer, dataset: Dataset, rows: ColumnBatch): Promise<Behaviour[]> {
  const check = 'missing';
  const failed: Behaviour[] = [];
  const unborne: string[] = [];
  for (const { name, column } of model.signature.inputs) {
    const values = rows.columns[column];
    if (values === undefined) continue;
    const answer = await tryAnswer(loaded, withColumn(rows, column, allMissing(values)));
    if (typeof answer !== 'string') continue;
    const nullable = dataset.columns.find((one) => one.name === column)?.nullable === true;
    if (!nullable) unborne.push(name);
    else failed.push({ check, input: name, verdict: 'fail', evidence: `without ${name}, ${answer}` });
  }
  if (failed.length > 0) return failed;
  const borne = model.signature.inputs.length - unborne.length;
  const rest = unborne.length === 0 ? '' : `; ${unborne.join(', ')} it needs, and the dataset lets no row lack it`;
  return [{ check, verdict: 'pass', evidence: `${borne} inputs may be missing, one at a time${rest}` }];
}
