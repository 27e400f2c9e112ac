import type { Histogram } from '../evaluation.ts';
import type { ScoredModel, ScoredRows } from '../scored-rows.ts';
import { FEW_ROWS } from './few-rows.ts';

const BINS = 40;

export type ScoreHistograms = { all: Histogram; positive?: Histogram; negative?: Histogram };

/**
 * How many rows have which prediction; a bin of fewer than ten counts 0. Binary: by class on [0, 1], `all` is their sum.
 * Regression: on the common range of both models.
 */
export function scoreHistograms(scored: ScoredRows): { candidate: ScoreHistograms; champion?: ScoreHistograms } {
  const { candidate, champion } = scored;
  const [from, to] = scored.task === 'binary-classification' ? [0, 1] : commonRange(scored);
  const of = (model: ScoredModel) => histogramsOf(scored, model, from, to);
  return { candidate: of(candidate), ...(champion === undefined ? {} : { champion: of(champion) }) };
}

function histogramsOf({ rows, width, labels, task }: ScoredRows, { values }: ScoredModel, from: number, to: number) {
  const counts = [new Float64Array(BINS), new Float64Array(BINS)] as const;
  const scale = BINS / (to - from);
  const byClass = task === 'binary-classification';
  for (let row = 0; row < rows; row += 1) {
    const bin = Math.min(BINS - 1, Math.max(0, Math.floor(((values[row * width] as number) - from) * scale)));
    const into = byClass && labels[row] === 1 ? counts[1] : counts[0];
    into[bin] = (into[bin] as number) + 1;
  }
  const edges = Array.from({ length: BINS + 1 }, (_, bin) => from + (bin * (to - from)) / BINS);
  const [no, yes] = counts.map((one) => Array.from(one, (count) => (count < FEW_ROWS ? 0 : count))) as Pair;
  if (!byClass) return { all: { edges, counts: no } };
  // The sum of what is shown: with all rows the class that is not shown could be told by subtraction.
  const all = no.map((count, bin) => count + (yes[bin] as number));
  return { all: { edges, counts: all }, positive: { edges, counts: yes }, negative: { edges, counts: no } };
}

type Pair = [number[], number[]];

/** From the least to the greatest prediction, outwards to round numbers: those two are of single rows. */
function commonRange({ rows, width, candidate, champion }: ScoredRows): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { values } of champion === undefined ? [candidate] : [candidate, champion]) {
    for (let row = 0; row < rows; row += 1) {
      const value = values[row * width] as number;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  if (!(low < high)) return Number.isFinite(low) ? [low - 1, low + 1] : [0, 1];
  const unit = 10 ** (Math.floor(Math.log10(high - low)) - 1);
  const outward = [Math.floor(low / unit) * unit, Math.ceil(high / unit) * unit] as [number, number];
  return outward[0] < outward[1] ? outward : [low, high];
}
