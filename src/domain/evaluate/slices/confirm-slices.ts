import type { Discovery } from '../evaluation.ts';
import { holmAdjusted } from '../holm-adjusted.ts';
import { dropExplained } from './drop-explained.ts';
import { type Half, momentsOf, rowsAt } from './half.ts';
import { restOf } from './rest-of.ts';
import type { Looked } from './search-slices.ts';
import { type Contrast, candidateOn, type Question, sliceContrast } from './slice-contrast.ts';

/** Larger slices are measured by the delta method. */
const BOOTSTRAP_ROWS = 2_000;

/**
 * Those of the tried slices that are worse on the half that had no part in choosing them, after Holm's correction over
 * all that were tried; without those that another of them explains. The worst first.
 */
export function confirmSlices(tried: readonly Looked[], half: Half, asked: Question): Discovery['found'] {
  const question = { ...asked, options: { ...asked.options, bootstrapRows: BOOTSTRAP_ROWS } };
  const rows = tried.map(({ place }) => rowsAt(half, place));
  const contrasts = rows.map((slice): Contrast | undefined =>
    sliceContrast(half.scored, slice, () => candidateOn(restOf(half.scored, slice), question), question),
  );
  const ps = holmAdjusted(contrasts.map((contrast) => contrast?.p ?? 1));
  const confirmed = tried.flatMap(({ name, place }, index) => {
    const contrast = contrasts[index];
    const p = ps[index] as number;
    if (contrast === undefined || p > 1 - question.options.confidence) return [];
    const moments = momentsOf(half, rows[index] as Int32Array);
    return [{ place, moments, found: { name, ...contrast, p } }];
  });
  const clearestFirst = confirmed.sort((a, b) => a.found.p - b.found.p);
  const sign = question.better === 'higher' ? 1 : -1;
  return dropExplained(clearestFirst, half, confirmed.length)
    .map(({ found }) => found)
    .sort((a, b) => sign * (a.difference.value - b.difference.value) || (a.name < b.name ? -1 : 1));
}
