import type { Share } from './intervals/independent-shares.ts';
import type { ScoredRows } from './scored-rows.ts';

/** `code` −1: rows without a value. `count`: the rows themselves; `rows` and `successes` are effective ones. */
export type GroupShare = Share & { code: number; count: number };

type CountedRows = Pick<ScoredRows, 'rows' | 'weights' | 'groups'>;

/** `code` of each row: from −1 up to `codes` − 1. Rows that are not relevant, or of weight 0, do not count. */
type Question = {
  code: Int32Array;
  codes: number;
  isRelevant(row: number): boolean;
  decided: ArrayLike<number>;
};

/**
 * Share of the relevant rows that are decided positive, by code from −1 up. With weights, or rows that belong together,
 * `rows` is the effective sample size p(1 − p) / variance (Korn & Graubard, Survey Methodology 24, 1998): as many
 * independent rows of equal weight would tell as much. At most the rows that there are.
 */
export function effectiveShares(scored: CountedRows, question: Question): GroupShare[] {
  const totals = totalsOf(scored, question);
  const shares = totals.map(({ weight, positive }) => positive / weight);
  const alike = scored.weights === undefined && scored.groups === undefined;
  const spreads = alike ? [] : spreadsOf(scored, question, shares);
  return totals.map(({ count, weight, positive }, place) => {
    const code = place - 1;
    const spread = spreads[place];
    if (spread === undefined) return { code, count, rows: count, successes: positive };
    const share = shares[place] as number;
    const rows = Math.min(count, effectiveRows(spread, weight, share));
    return { code, count, rows, successes: share * rows };
  });
}

/** Over units of rows that are drawn together: squares of their weights, and of their distances from the share. */
type Spread = { weights: number; distances: number };

function effectiveRows({ weights, distances }: Spread, weight: number, share: number): number {
  // All decided alike: nothing is seen of the variance, and Kish's size by the weights remains.
  if (distances <= 1e-12 * weights) return weight ** 2 / weights;
  return (share * (1 - share) * weight ** 2) / distances;
}

function totalsOf(scored: CountedRows, { code, codes, isRelevant, decided }: Question) {
  const totals = Array.from({ length: codes + 1 }, () => ({ count: 0, weight: 0, positive: 0 }));
  for (let row = 0; row < scored.rows; row += 1) {
    const weight = scored.weights?.[row] ?? 1;
    if (weight === 0 || !isRelevant(row)) continue;
    const total = totals[(code[row] as number) + 1] as (typeof totals)[number];
    total.count += 1;
    total.weight += weight;
    total.positive += weight * (decided[row] as number);
  }
  return totals;
}

function spreadsOf(scored: CountedRows, question: Question, shares: readonly number[]): Spread[] {
  const { code, codes, isRelevant, decided } = question;
  const spreads = Array.from({ length: codes + 1 }, (): Spread => ({ weights: 0, distances: 0 }));
  const units = Array.from({ length: codes + 1 }, () => new Map<number, { weight: number; distance: number }>());
  for (let row = 0; row < scored.rows; row += 1) {
    const weight = scored.weights?.[row] ?? 1;
    if (weight === 0 || !isRelevant(row)) continue;
    const place = (code[row] as number) + 1;
    const distance = weight * ((decided[row] as number) - (shares[place] as number));
    const group = scored.groups?.[row];
    if (group === undefined) addUnit(spreads[place] as Spread, weight, distance);
    else {
      const ofCode = units[place] as (typeof units)[number];
      const unit = ofCode.get(group);
      if (unit === undefined) ofCode.set(group, { weight, distance });
      else {
        unit.weight += weight;
        unit.distance += distance;
      }
    }
  }
  for (const [place, ofCode] of units.entries()) {
    for (const { weight, distance } of ofCode.values()) addUnit(spreads[place] as Spread, weight, distance);
  }
  return spreads;
}

function addUnit(spread: Spread, weight: number, distance: number): void {
  spread.weights += weight ** 2;
  spread.distances += distance ** 2;
}
