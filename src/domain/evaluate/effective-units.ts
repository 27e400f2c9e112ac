/**
 * How many rows of equal weight would tell as much as these: (Σ w)² / Σ w² (Kish 1965), w being the weight of a row, or of
 * all rows of a group that belong together.
 */
import { rowsByGroup } from './intervals/rows-by-group.ts';
import type { ScoredRows } from './scored-rows.ts';

type Weighting = { rows: number; weights?: Float64Array | undefined; groups?: Int32Array | undefined };

/** By the code of the rows, from 0 to `codes` − 1. */
export function effectiveUnits(
  { rows, weights, groups }: Weighting,
  codes: number,
  codeOf: (row: number) => number,
): number[] {
  const order = groups === undefined ? undefined : rowsByGroup(groups);
  const [sums, squares, ofUnit] = [new Float64Array(codes), new Float64Array(codes), new Float64Array(codes)];
  const touched: number[] = [];
  for (let place = 0; place < rows; place += 1) {
    const row = order === undefined ? place : (order[place] as number);
    const code = codeOf(row);
    if (ofUnit[code] === 0) touched.push(code);
    ofUnit[code] = (ofUnit[code] as number) + (weights === undefined ? 1 : (weights[row] as number));
    const next = order?.[place + 1];
    if (next !== undefined && groups?.[next] === groups?.[row]) continue;
    for (const one of touched) {
      const weight = ofUnit[one] as number;
      sums[one] = (sums[one] as number) + weight;
      squares[one] = (squares[one] as number) + weight * weight;
      ofUnit[one] = 0;
    }
    touched.length = 0;
  }
  return Array.from(sums, (sum, code) => kish(sum, squares[code] as number));
}

/** Queries that a ranking is told by: those with a gain above 0. A query weighs as its rows do on average. */
export function queryUnits({ rows, labels, weights, groups }: ScoredRows): number {
  if (groups === undefined) return rows > 0 ? 1 : 0;
  const order = rowsByGroup(groups);
  let [sum, squares] = [0, 0];
  let [size, weight, isRelevant] = [0, 0, false];
  for (let place = 0; place < rows; place += 1) {
    const row = order[place] as number;
    size += 1;
    weight += weights === undefined ? 1 : (weights[row] as number);
    isRelevant ||= (labels[row] as number) > 0;
    const next = order[place + 1];
    if (next !== undefined && groups[next] === groups[row]) continue;
    if (isRelevant) {
      sum += weight / size;
      squares += (weight / size) ** 2;
    }
    [size, weight, isRelevant] = [0, 0, false];
  }
  return kish(sum, squares);
}

function kish(sum: number, squares: number): number {
  return squares > 0 ? sum ** 2 / squares : 0;
}
