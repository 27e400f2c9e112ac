import type { ScoredRows } from '../evaluate/scored-rows.ts';
import type { Task } from '../spec/valid.ts';
import { calibrate } from './calibrate.ts';
import { GRID_BINS, valueAt } from './make-profile.ts';
import type { ColumnProfile, NumericProfile } from './profile.ts';

type Settings = { task: Task; threshold: number; costs: number[][] | undefined };
/** Rows of a profile that had about this score. */
type Scored = { score: number; rows: number };

/**
 * A profile of scores as rows with weights: of each bin one row whose outcome is 1 (the answer was positive, of several
 * classes: right), weighted by how many such rows are expected, and one whose outcome is 0. Undefined without a numeric
 * profile or a calibration.
 */
export function expectedRows(
  profile: ColumnProfile | undefined,
  calibration: [number, number][] | undefined,
  { task, threshold, costs }: Settings,
): ScoredRows | undefined {
  if (profile?.kind !== 'numeric' || calibration === undefined || calibration.length === 0) return undefined;
  const isBinary = task === 'binary-classification';
  const scored = scoresOf(profile, isBinary ? threshold : Number.NaN);
  const expected = scored.flatMap(({ score, rows }) => {
    const share = Math.min(1, Math.max(0, calibrate(calibration, score)));
    const both = [
      { score, label: 1, weight: rows * share },
      { score, label: 0, weight: rows * (1 - share) },
    ];
    return both.filter(({ weight }) => weight > 0);
  });
  const labels = Float64Array.from(expected, ({ label }) => label);
  const weights = Float64Array.from(expected, ({ weight }) => weight);
  // Of several classes: decided is always class 1, and the label says whether that was right.
  const values = isBinary
    ? Float64Array.from(expected, ({ score }) => score)
    : Float64Array.from({ length: expected.length * 2 }, (_, place) => place % 2);
  return {
    task,
    rows: expected.length,
    width: isBinary ? 1 : 2,
    labels,
    weights,
    candidate: { values, threshold },
    ...(isBinary && costs !== undefined ? { costs } : {}),
  };
}

/** The bins at their middles; the one that the threshold cuts is two. What lies outside of the grid counts at its edge. */
function scoresOf(profile: NumericProfile, threshold: number): Scored[] {
  const inside = profile.bins.flatMap(([bin, rows]): Scored[] => {
    const [low, high] = [valueAt(bin, profile), valueAt(bin + 1, profile)];
    if (!(low < threshold && threshold < high)) return [{ score: (low + high) / 2, rows }];
    const below = (rows * (threshold - low)) / (high - low);
    return [
      { score: (low + threshold) / 2, rows: below },
      { score: (threshold + high) / 2, rows: rows - below },
    ];
  });
  const under = profile.under > 0 ? [{ score: valueAt(0, profile), rows: profile.under }] : [];
  const over = profile.over > 0 ? [{ score: valueAt(GRID_BINS, profile), rows: profile.over }] : [];
  return [...under, ...inside, ...over];
}
