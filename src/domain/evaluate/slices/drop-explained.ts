import { type Half, momentsOf, type Place, rowsAt } from './half.ts';
import { type Moments, standing, standingApart, without } from './moments.ts';

/** Standard errors from which something is there. */
const CLEAR = 2;

/**
 * Slices, the clearest first, without those that one before explains: the rows that it does not share with that one are
 * not worse by themselves, and those that it shares are not worse than the rest of that one. At most `most`.
 */
export function dropExplained<T extends { place: Place }>(clearestFirst: readonly T[], half: Half, most: number): T[] {
  const kept: { slice: T; moments: Moments }[] = [];
  for (const slice of clearestFirst) {
    if (kept.length === most) break;
    const own = rowsAt(half, slice.place);
    const moments = momentsOf(half, own, slice.place);
    const isExplained = kept.some((other) => {
      const shared = momentsOf(half, own, other.slice.place);
      if (shared.rows === 0 || standing(without(moments, shared)) >= CLEAR) return false;
      return standingApart(shared, without(other.moments, shared)) < CLEAR;
    });
    if (!isExplained) kept.push({ slice, moments });
  }
  return kept.map(({ slice }) => slice);
}
