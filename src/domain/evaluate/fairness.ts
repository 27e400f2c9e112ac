/** Whether a binary classifier decides alike for the groups of a column. */
import type { FairnessRate } from '../spec/valid.ts';
import { effectiveShares, type GroupShare } from './effective-shares.ts';
import type { Estimate, FairnessReport } from './evaluation.ts';
import { koopmanInterval, newcombeInterval, type Share } from './intervals/independent-shares.ts';
import { wilsonInterval } from './intervals/proportion-intervals.ts';
import { decisions } from './metrics/decision-metrics.ts';
import type { ScoredModel, ScoredRows } from './scored-rows.ts';
import { FEWEST_ROWS } from './slices/choose-slices.ts';
import type { CategoryColumn } from './slices/columns.ts';

const MISSING = '(missing)';

/**
 * Groups by Wilson's interval, each at `confidence` on its own. Rows without a value are a group, too. Groups are taken
 * as independent of each other, also where rows that belong together (`scored.groups`) lie in several.
 */
export function fairnessOf(
  scored: ScoredRows,
  { column, values, codes }: CategoryColumn,
  rate: FairnessRate,
  { minRows, confidence }: { minRows: number; confidence: number },
): FairnessReport {
  const shares = (model: ScoredModel) => {
    return effectiveShares(scored, {
      code: codes,
      codes: values.length,
      isRelevant: (row) => isRelevant(rate, scored.labels[row] as number),
      decided: decisions(scored, model),
    });
  };
  const candidate = shares(scored.candidate);
  const champion = scored.champion === undefined ? undefined : shares(scored.champion);
  const there = candidate.filter((share) => share.count > 0);
  const judged = there
    .filter((share) => share.count >= Math.max(minRows, FEWEST_ROWS))
    .map((share) => ({ ...share, group: share.code < 0 ? MISSING : (values[share.code] as string) }))
    .sort((a, b) => shareOf(a) - shareOf(b) || (a.group < b.group ? -1 : 1));
  const wilson = (share: GroupShare) => wilsonInterval(share.successes, share.rows, confidence);
  const widest = judged.length < 2 ? undefined : widestPair(judged, confidence);
  return {
    by: column,
    rate,
    groups: judged.map((share) => ({
      group: share.group,
      rows: share.count,
      candidate: wilson(share),
      ...(champion === undefined ? {} : { champion: wilson(champion[share.code + 1] as GroupShare) }),
    })),
    leftOut: there.length - judged.length,
    ...(widest === undefined ? {} : { widest }),
  };
}

function isRelevant(rate: FairnessRate, label: number): boolean {
  return rate === 'selection_rate' || label === (rate === 'true_positive_rate' ? 1 : 0);
}

/** Effective counts, as `GroupShare` has them. */
export type GroupRate = Share & { group: string };

/**
 * Of two groups or more, from low to high. That some two differ by more than a bound is claimed of the worst of all
 * ordered pairs, so that side is Bonferroni's over them. That no two do is claimed of every pair at once (an
 * intersection–union test), so that side needs no correction. Together the interval of the largest difference holds with
 * `confidence`.
 */
export function widestPair(judged: readonly GroupRate[], confidence: number): NonNullable<FairnessReport['widest']> {
  const low = judged[0] as (typeof judged)[number];
  const high = judged[judged.length - 1] as (typeof judged)[number];
  const corrected = 1 - (1 - confidence) / (judged.length * (judged.length - 1));
  const pairs = judged.flatMap((one) => judged.flatMap((other) => (one === other ? [] : [[one, other] as const])));
  const each = (of: (one: Share, other: Share, confidence: number) => Estimate, level: number) =>
    pairs.map(([one, other]) => of(one, other, level));
  const lowers = (estimates: Estimate[]) => estimates.map((estimate) => estimate.lower as number);
  const uppers = (estimates: Estimate[]) => estimates.map((estimate) => estimate.upper as number);
  const difference: Estimate = {
    value: shareOf(high) - shareOf(low),
    lower: Math.max(0, ...lowers(each(newcombeInterval, corrected))),
    upper: Math.max(...uppers(each(newcombeInterval, confidence))),
  };
  const ratio: Estimate = {
    value: shareOf(high) === 0 ? 1 : shareOf(low) / shareOf(high),
    lower: Math.min(...lowers(each(koopmanInterval, confidence))),
    upper: Math.min(1, ...uppers(each(koopmanInterval, corrected))),
  };
  return { low: low.group, high: high.group, difference, ratio };
}

function shareOf({ successes, rows }: Share): number {
  return successes / rows;
}
