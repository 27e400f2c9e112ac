import type { Discovery, TriedSlice } from '../evaluation.ts';
import { holmAdjusted } from '../holm-adjusted.ts';

/**
 * Those that are worse on the half that had no part in choosing them, with a family-wise error of at most
 * 1 − `confidence`, to which their p are adjusted (Holm, over all that were tried); without those that another explains. The worst first.
 */
export function foundSlices({ tried }: Pick<Discovery, 'tried'>, confidence: number): TriedSlice[] {
  const adjusted = holmAdjusted(tried.map(({ p }) => p));
  return tried
    .map((one, index) => ({ ...one, p: adjusted[index] as number }))
    .filter(({ p, explained }) => explained === undefined && p <= 1 - confidence)
    .sort((a, b) => Math.abs(b.difference.value) - Math.abs(a.difference.value) || (a.name < b.name ? -1 : 1));
}
