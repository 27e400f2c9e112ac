import type { ScoredModel, ScoredRows } from '../scored-rows.ts';
import { classesOf, decisions } from './decision-metrics.ts';
import type { Statistic } from './statistic.ts';

/** Weight by class: decided as what it is, of that class, decided as that class: diagonal and margins of the matrix. */
export type Margins = { hits: Float64Array; truth: Float64Array; decided: Float64Array };

/** A value from the margins; where `slope` (zeros) is given it is filled with the derivative by each of them. */
export type OfMargins = (margins: Margins, slope?: Margins) => number;

/** Cells of the confusion matrix that have rows: of the fourth of a row's cell is `cellOf[row]`, see `addUp`. */
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
      return Float64Array.from(
        cells.cellOf,
        (lane, row) => (ofCell[lane / 4] as number) * (weights === undefined ? 1 : (weights[row] as number)),
      );
    },
  };
}

function cellsOf(scored: ScoredRows, model: ScoredModel, classes: number): Cells {
  const decided = decisions(scored, model);
  const cellOf = new Uint32Array(scored.rows);
  const numbers = new Map<number, number>();
  for (let row = 0; row < scored.rows; row += 1) {
    const pair = (scored.labels[row] as number) * classes + (decided[row] as number);
    let number = numbers.get(pair);
    if (number === undefined) {
      number = numbers.size;
      numbers.set(pair, number);
    }
    cellOf[row] = number * 4;
  }
  return {
    cellOf,
    truth: Uint32Array.from(numbers.keys(), (pair) => Math.floor(pair / classes)),
    decided: Uint32Array.from(numbers.keys(), (pair) => pair % classes),
  };
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
