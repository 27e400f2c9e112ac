import type { Discovery, TriedSlice } from '../evaluation.ts';
import { dropExplained } from './drop-explained.ts';
import { type Half, momentsOf, rowsAt } from './half.ts';
import { restOf } from './rest-of.ts';
import type { Looked } from './search-slices.ts';
import { candidateOn, type Question, sliceContrast } from './slice-contrast.ts';

/** Larger slices are measured by the delta method. */
const BOOTSTRAP_ROWS = 2_000;

/**
 * Slices on the half that had no part in choosing them, the clearest first. Whichever are taken for worse, it is by their
 * p in this order; so what one explains is told by those before it.
 */
export function trySlices(slices: readonly Looked[], half: Half, asked: Question): Pick<Discovery, 'tried' | 'untold'> {
  const question = { ...asked, options: { ...asked.options, bootstrapRows: BOOTSTRAP_ROWS } };
  const measured = slices.flatMap(({ name, place }) => {
    const rows = rowsAt(half, place);
    const rest = () => candidateOn(restOf(half.scored, rows), question);
    const contrast = sliceContrast(half.scored, rows, rest, question);
    return contrast === undefined ? [] : [{ place, moments: momentsOf(half, rows), tried: { name, ...contrast } }];
  });
  const clearestFirst = measured.sort((a, b) => a.tried.p - b.tried.p || (a.tried.name < b.tried.name ? -1 : 1));
  const kept = new Set(dropExplained(clearestFirst, half, clearestFirst.length));
  const tried = clearestFirst.map((one): TriedSlice => (kept.has(one) ? one.tried : { ...one.tried, explained: true }));
  return { tried, untold: slices.length - measured.length };
}
