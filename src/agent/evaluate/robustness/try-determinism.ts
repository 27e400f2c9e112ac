/** Whether the same rows get the same answer. */
import { type ColumnBatch, pickRows } from '../../../domain/data/column-batch.ts';
import type { Robustness } from '../../../domain/evaluate/evaluation.ts';
import type { Scorer } from '../score-holdout.ts';
import { tryAnswer } from './try-answer.ts';

type Behaviour = Robustness['behaviour'][number];

/** Of the answer, or of 1 where it is less: other batches may be summed in another order. */
const TOLERANCE = 1e-6;
const SINGLES = 50;

/** The same batch again: bit for bit. The same rows in other batches: within the tolerance. */
export async function tryDeterminism({ loaded }: Scorer, rows: ColumnBatch): Promise<Behaviour[]> {
  const check = 'determinism';
  const fail = (evidence: string): Behaviour[] => [{ check, verdict: 'fail', evidence }];
  const whole = await tryAnswer(loaded, rows);
  const again = await tryAnswer(loaded, rows);
  if (typeof whole === 'string') return fail(whole);
  if (typeof again === 'string') return fail(again);
  const repeated = differing(whole.values, again.values, 0);
  if (repeated > 0) return fail(`asked again, ${repeated} of ${rows.rows} rows get another answer`);
  for (const [size, count] of [
    [1, Math.min(SINGLES, rows.rows)],
    [7, rows.rows],
    [Math.ceil(rows.rows / 2), rows.rows],
  ] as const) {
    const parts = await inBatches(loaded, rows, size, count);
    if (typeof parts === 'string') return fail(`in batches of ${size}: ${parts}`);
    const others = differing(whole.values.subarray(0, parts.length), parts, TOLERANCE);
    if (others > 0) return fail(`in batches of ${size}, ${others} values of ${count} rows are others`);
  }
  return [{ check, verdict: 'pass', evidence: `${rows.rows} rows get the same answer again and in other batches` }];
}

async function inBatches(
  loaded: Scorer['loaded'],
  rows: ColumnBatch,
  size: number,
  count: number,
): Promise<Float64Array | string> {
  const values: number[] = [];
  for (let start = 0; start < count; start += size) {
    const places = Array.from({ length: Math.min(size, count - start) }, (_, index) => start + index);
    const answer = await tryAnswer(loaded, pickRows(rows, places));
    if (typeof answer === 'string') return answer;
    for (const value of answer.values) values.push(value);
  }
  return Float64Array.from(values);
}

function differing(values: Float64Array, others: Float64Array, tolerance: number): number {
  let count = 0;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] as number;
    if (Math.abs(value - (others[index] as number)) > tolerance * Math.max(1, Math.abs(value))) count += 1;
  }
  return count;
}
