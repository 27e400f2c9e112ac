import { type Half, rowsAt } from './half.ts';
import { restOf } from './rest-of.ts';
import type { Looked } from './search-slices.ts';
import { candidateOn, type Question, sliceContrast } from './slice-contrast.ts';

/** One-sided p on the first half up to which a slice is tried on the second, and how many are. */
const WORTH_TRYING = 0.01;
const MOST_TRIED = 20;

export type Ranked = {
  /** The clearest first. */
  worthTrying: Looked[];
  measured: number;
  /** The metric cannot be told there. */
  unmeasured: number;
};

/** By the metric itself. Without a champion each is held against all rows of the half. */
export function rankSlices(slices: readonly Looked[], half: Half, question: Question): Ranked {
  // Nothing is claimed of these figures: the delta method will do.
  const ranking = { ...question, options: { ...question.options, bootstrapRows: 0 } };
  const { scored } = half;
  const needsWhole = scored.champion === undefined && slices.length > 0;
  const whole = needsWhole ? candidateOn(restOf(scored, new Int32Array(0)), ranking) : undefined;
  const measured = slices.flatMap((slice) => {
    const contrast = sliceContrast(scored, rowsAt(half, slice.place), () => whole, ranking);
    return contrast === undefined ? [] : [{ slice, p: contrast.p }];
  });
  const worthTrying = measured
    .filter(({ p }) => p / 2 <= WORTH_TRYING)
    .sort((a, b) => a.p - b.p)
    .slice(0, MOST_TRIED)
    .map(({ slice }) => slice);
  return { worthTrying, measured: measured.length, unmeasured: slices.length - measured.length };
}
