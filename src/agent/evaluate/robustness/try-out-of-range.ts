/** What a model does with values that are far from all it has seen. */
import type { BatchColumn, ColumnBatch } from '../../../domain/data/column-batch.ts';
import type { Robustness } from '../../../domain/evaluate/evaluation.ts';
import type { Column, Dataset, SignatureInput } from '../../../domain/spec/valid.ts';
import type { Scorer } from '../score-holdout.ts';
import { allEqual, withColumn } from './changed-inputs.ts';
import { tryAnswer } from './try-answer.ts';

type Behaviour = Robustness['behaviour'][number];

/** As many spans between lowest and highest value beyond either. */
const SPANS = 10;
/** No category of any dataset: those who write them cannot type it. */
const UNSEEN = '\u0001unseen';
const LARGEST_INTEGER = 2 ** 31 - 1;

/** Every number in turn far below and far above its range, every text as one that was never seen. */
export async function tryOutOfRange(scorer: Scorer, dataset: Dataset, rows: ColumnBatch): Promise<Behaviour[]> {
  const check = 'out-of-range';
  const failed: Behaviour[] = [];
  for (const input of scorer.model.signature.inputs) {
    const values = rows.columns[input.column];
    const declared = dataset.columns.find((one) => one.name === input.column);
    if (values === undefined || declared === undefined) continue;
    for (const value of farValues(values, declared, input)) {
      const answer = await tryAnswer(scorer.loaded, withColumn(rows, input.column, allEqual(values, value)));
      const shown = typeof value === 'string' ? 'a text that it has not seen' : String(value);
      if (typeof answer === 'string')
        failed.push({ check, input: input.name, verdict: 'fail', evidence: `${input.name} = ${shown}: ${answer}` });
    }
  }
  if (failed.length > 0) return failed;
  const evidence = `finite answers to numbers ${SPANS} spans below and above their range, and to unseen texts`;
  return [{ check, verdict: 'pass', evidence }];
}

function farValues(column: BatchColumn, declared: Column, input: SignatureInput): (number | string)[] {
  if (column.kind === 'texts') return [UNSEEN];
  if (column.kind !== 'numbers') return [];
  let [low, high] = [declared.min ?? Number.POSITIVE_INFINITY, declared.max ?? Number.NEGATIVE_INFINITY];
  for (const value of column.values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (!(low <= high)) return [];
  const reach = SPANS * Math.max(high - low, Math.abs(high), 1);
  const whole = (value: number) => Math.max(-LARGEST_INTEGER, Math.min(LARGEST_INTEGER, Math.round(value)));
  return [low - reach, high + reach].map((value) => (input.type === 'integer' ? whole(value) : value));
}
