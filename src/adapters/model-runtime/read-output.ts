/** What a model answered, checked and brought into the form of the port. */
import type { Signature, Task } from '../../domain/spec/valid.ts';
import type { Predictions } from '../../ports/model-runtime.ts';
import { invalid } from './invalid.ts';

/** An output of a model; `values` row-major with `dims`. */
export type Answer = { name: string; values: ArrayLike<number | bigint>; dims: readonly number[] };

// A probability in single precision may miss [0, 1] by rounding.
const ROUNDING = 1e-5;

/** The outputs that the signature asks for: one, or of an interval value, lower and upper. */
export function outputNames({ output }: Signature): string[] {
  return [output.name, ...(output.interval === undefined ? [] : [output.interval.lower, output.interval.upper])];
}

/** Values of a row of the port's form. */
export function widthOf({ output }: Signature, task: Task): number {
  if (task === 'multiclass-classification') return output.classes?.length ?? 0;
  return task === 'regression' && output.interval !== undefined ? 3 : 1;
}

/** Each [rows], [rows, 1], for a binary classifier [rows, 2], for classes [rows, k]. The cause of an error has the row. */
export function readOutputs(answers: readonly Answer[], rows: number, signature: Signature, task: Task): Predictions {
  const width = widthOf(signature, task);
  const values = new Float64Array(rows * width);
  if (answers.length === 1) readInto(values, answers[0] as Answer, { rows, width, step: width, place: 0 }, task);
  else
    for (const [place, answer] of answers.entries())
      readInto(values, answer, { rows, width: 1, step: width, place }, task);
  return { rows, width, values };
}

type Into = { rows: number; width: number; step: number; place: number };

function readInto(into: Float64Array, answer: Answer, { rows, width, step, place }: Into, task: Task): void {
  const { name, values } = answer;
  const has = checkShape(answer, rows, width, task);
  const probability = task !== 'regression' && task !== 'ranking';
  const first = has - width;
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const value = Number(values[row * has + first + column]);
      if (!Number.isFinite(value)) throw invalid(`output ${name} answers ${value} for row ${row + 1}`, { row });
      if (probability && (value < -ROUNDING || value > 1 + ROUNDING)) {
        throw invalid(`output ${name} answers ${value} for row ${row + 1}, which is not a probability`, { row });
      }
      into[row * step + place + column] = probability ? Math.min(1, Math.max(0, value)) : value;
    }
  }
}

/** How many values a row the output has. */
function checkShape({ name, values, dims }: Answer, rows: number, width: number, task: Task): number {
  const [outer, has = 1, ...rest] = dims;
  const shape = `[${dims.join(', ')}]`;
  if (outer !== rows || rest.some((size) => size !== 1) || values.length !== rows * has) {
    throw invalid(`output ${name} has shape ${shape} for ${rows} rows: ${wantedShape(width, task)} is expected`);
  }
  if (has === width || (task === 'binary-classification' && has === 2)) return has;
  throw invalid(`output ${name} has shape ${shape}, expected ${wantedShape(width, task)}`);
}

function wantedShape(width: number, task: Task): string {
  if (width > 1) return `[rows, ${width}]`;
  return task === 'binary-classification' ? '[rows], [rows, 1] or [rows, 2]' : '[rows] or [rows, 1]';
}
