/** One of the two parts of the rows: slices are found on one and confirmed on the other. */
import type { MetricName } from '../../spec/valid.ts';
import { type ScoredRows, selectRows } from '../scored-rows.ts';
import type { Cells } from './cells.ts';
import type { Moments } from './moments.ts';
import { rowEvidence } from './row-evidence.ts';

/** One or two cells of different columns: the rows that are in all of them. */
export type Place = { column: number; cell: number }[];

export type Half = {
  /** The rows of this half only. */
  scored: ScoredRows;
  /** Where each of them is in the columns. */
  rows: Int32Array;
  columns: readonly Cells[];
  /** By row of this half, see `rowEvidence`. */
  evidence: Float64Array;
};

export function openHalf(
  scored: ScoredRows,
  rows: Int32Array,
  columns: readonly Cells[],
  metric: MetricName,
  better: 'higher' | 'lower',
): Half {
  const own = selectRows(scored, rows);
  return { scored: own, rows, columns, evidence: rowEvidence(own, metric, better) };
}

/** Rows of the half that lie in every cell of the place, ascending. */
export function rowsAt({ rows, columns }: Half, place: Place): Int32Array {
  const [one, other] = place.map(({ column, cell }) => ({ codes: (columns[column] as Cells).codes, cell })) as [
    { codes: Int32Array; cell: number },
    { codes: Int32Array; cell: number } | undefined,
  ];
  const { codes, cell } = one;
  const found = new Int32Array(rows.length);
  let count = 0;
  for (let row = 0; row < rows.length; row += 1) if (codes[rows[row] as number] === cell) found[count++] = row;
  if (other === undefined) return found.slice(0, count);
  let both = 0;
  for (let index = 0; index < count; index += 1) {
    const row = found[index] as number;
    if (other.codes[rows[row] as number] === other.cell) found[both++] = row;
  }
  return found.slice(0, both);
}

/** Over those of the rows that belong: all where `belongs` (1 or 0 by row of the half) is not given. */
export function momentsOf({ evidence }: Half, rows: Int32Array, belongs?: Uint8Array): Moments {
  let [count, sum, squares] = [0, 0, 0];
  for (let index = 0; index < rows.length; index += 1) {
    const row = rows[index] as number;
    if (belongs !== undefined && belongs[row] === 0) continue;
    const value = evidence[row] as number;
    count += 1;
    sum += value;
    squares += value * value;
  }
  return { rows: count, sum, squares };
}
