/** What a model answered, checked and brought into the form of the port. */
import type { Signature, Task } from '../../domain/spec/valid.ts';
import type { Predictions } from '../../ports/model-runtime.ts';
import { invalid } from './input-values.ts';

// A probability in single precision may miss [0, 1] by rounding.
const ROUNDING = 1e-5;

/** `values` row-major with `dimensions`: [rows], [rows, 1], for a binary classifier [rows, 2], for classes [rows, k]. */
export function readOutput(
  values: ArrayLike<number | bigint | boolean>,
  dimensions: readonly number[],
  rows: number,
  signature: Signature,
  task: Task,
): Predictions {
  const [outer, width = 1, ...rest] = dimensions;
  const shape = `[${dimensions.join(', ')}]`;
  if (outer !== rows || rest.some((size) => size !== 1)) {
    throw invalid(`output ${signature.output.name} has shape ${shape} for ${rows} rows`);
  }
  const wanted = task === 'multiclass-classification' ? (signature.output.classes?.length ?? 0) : 1;
  const positiveColumn = task === 'binary-classification' && width === 2;
  if (width !== wanted && !positiveColumn) {
    throw invalid(
      `output ${signature.output.name} has shape ${shape}, expected ${wanted === 1 ? '[rows] or [rows, 1]' : `[rows, ${wanted}]`}`,
    );
  }
  const read = new Float64Array(rows * wanted);
  for (let index = 0; index < read.length; index += 1) {
    const value = Number(values[positiveColumn ? index * 2 + 1 : index]);
    if (!Number.isFinite(value)) throw invalid(`it answers ${value} for a row`);
    if (task !== 'regression' && (value < -ROUNDING || value > 1 + ROUNDING)) {
      throw invalid(`output ${signature.output.name} answers ${value}, which is not a probability`);
    }
    read[index] = task === 'regression' ? value : Math.min(1, Math.max(0, value));
  }
  return { rows, width: wanted, values: read };
}
