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
  const isIn = membership(columns, place);
  const found = new Int32Array(rows.length);
  let count = 0;
  for (let row = 0; row < rows.length; row += 1) if (isIn(rows[row] as number)) found[count++] = row;
  return found.slice(0, count);
}

/** Over those of `among` (rows of the half) that lie in the place. */
export function momentsOf({ rows, columns, evidence }: Half, among: Int32Array, place: Place): Moments {
  const isIn = membership(columns, place);
  const moments = { rows: 0, sum: 0, squares: 0 };
  for (const row of among) {
    if (!isIn(rows[row] as number)) continue;
    const value = evidence[row] as number;
    moments.rows += 1;
    moments.sum += value;
    moments.squares += value * value;
  }
  return moments;
}

function membership(columns: readonly Cells[], place: Place): (row: number) => boolean {
  const [one, other] = place.map(({ column, cell }) => ({ codes: (columns[column] as Cells).codes, cell })) as [
    { codes: Int32Array; cell: number },
    { codes: Int32Array; cell: number } | undefined,
  ];
  if (other === undefined) return (row) => one.codes[row] === one.cell;
  return (row) => one.codes[row] === one.cell && other.codes[row] === other.cell;
}
