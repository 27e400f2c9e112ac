import type { ScoredModel, ScoredRows } from '../scored-rows.ts';
import { classesOf, decisions } from './decision-metrics.ts';
import { type Statistic, scoreRows } from './statistic.ts';

/** Weight by class: decided as what it is, of that class, decided as that class: diagonal and margins of the matrix. */
export type Margins = { hits: Float64Array; truth: Float64Array; decided: Float64Array };

/** A value from the margins; where `slope` (zeros) is given it is filled with the derivative by each of them. */
export type OfMargins = (margins: Margins, slope?: Margins) => number;

/** Cells of the confusion matrix that have rows, in the order met; `cellOf[row]` is four times a row's, see `addUp`. */
type Cells = { cellOf: Uint32Array; truth: Uint32Array; decided: Uint32Array };

/** A metric that needs no more of the confusion matrix than its diagonal and margins, as all of ours. */
export function confusionStatistic(scored: ScoredRows, model: ScoredModel, metric: OfMargins): Statistic {
  const classes = classesOf(scored);
  const cells = cellsOf(scored, model, classes);
  const lanes = new Float64Array(cells.truth.length * 4);
  const margins = emptyMargins(classes);
  const { weights } = scored;
  return {
    at: (counts) => {
      addUp(cells, counts, weights, lanes);
      toMargins(cells, lanes, margins);
      return metric(margins);
    },
    influence: () => {
      addUp(cells, new Uint8Array(scored.rows).fill(1), weights, lanes);
      toMargins(cells, lanes, margins);
      const slope = emptyMargins(classes);
      metric(margins, slope);
      const ofCell = Float64Array.from(cells.truth, (label, cell) => {
        const decided = cells.decided[cell] as number;
        const hit = label === decided ? (slope.hits[label] as number) : 0;
        return hit + (slope.truth[label] as number) + (slope.decided[decided] as number);
      });
      return scoreRows(scored.rows, (row) => {
        const own = ofCell[(cells.cellOf[row] as number) >> 2] as number;
        return weights === undefined ? own : own * (weights[row] as number);
      });
    },
  };
}

/** A model has several such metrics, and to decide all its rows takes longer than to add them up. */
const remembered = new WeakMap<ScoredModel, { labels: Float64Array; cells: Cells }>();

function cellsOf(scored: ScoredRows, model: ScoredModel, classes: number): Cells {
  const known = remembered.get(model);
  if (known !== undefined && known.labels === scored.labels) return known.cells;
  const decided = decisions(scored, model);
  const cellOf = new Uint32Array(scored.rows);
  // By truth, then by decision: 1 + the number of the cell.
  const numbers = Array.from({ length: classes }, () => new Uint32Array(classes));
  const cells: [number, number][] = [];
  for (let row = 0; row < scored.rows; row += 1) {
    const [label, column] = [scored.labels[row] as number, decided[row] as number];
    const ofLabel = numbers[label] as Uint32Array;
    if (ofLabel[column] === 0) ofLabel[column] = cells.push([label, column]);
    cellOf[row] = ((ofLabel[column] as number) - 1) << 2;
  }
  const found = {
    cellOf,
    truth: Uint32Array.from(cells, ([label]) => label),
    decided: Uint32Array.from(cells, ([, column]) => column),
  };
  remembered.set(model, { labels: scored.labels, cells: found });
  return found;
}

/** Four sums a cell, taken in turn: an addition to a cell need not wait for the one before, which is often to it too. */
function addUp({ cellOf }: Cells, counts: Uint8Array, weights: Float64Array | undefined, lanes: Float64Array): void {
  lanes.fill(0);
  if (weights !== undefined) {
    for (let row = 0; row < cellOf.length; row += 1) {
      const lane = (cellOf[row] as number) + (row & 3);
      lanes[lane] = (lanes[lane] as number) + (counts[row] as number) * (weights[row] as number);
    }
    return;
  }
  for (let row = 0; row < cellOf.length; row += 1) {
    const lane = (cellOf[row] as number) + (row & 3);
    lanes[lane] = (lanes[lane] as number) + (counts[row] as number);
  }
}

function toMargins(cells: Cells, lanes: Float64Array, { hits, truth, decided }: Margins): void {
  hits.fill(0);
  truth.fill(0);
  decided.fill(0);
  for (let cell = 0; cell < cells.truth.length; cell += 1) {
    const [a, b, c, d] = [lanes[cell * 4], lanes[cell * 4 + 1], lanes[cell * 4 + 2], lanes[cell * 4 + 3]];
    const weight = (a as number) + (b as number) + (c as number) + (d as number);
    const [row, column] = [cells.truth[cell] as number, cells.decided[cell] as number];
    truth[row] = (truth[row] as number) + weight;
    decided[column] = (decided[column] as number) + weight;
    if (row === column) hits[row] = weight;
  }
}

function emptyMargins(classes: number): Margins {
  const zeros = () => new Float64Array(classes);
  return { hits: zeros(), truth: zeros(), decided: zeros() };
}
