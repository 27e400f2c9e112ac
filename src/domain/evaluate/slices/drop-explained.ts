import { type Half, momentsOf, type Place, rowsAt } from './half.ts';
import { type Moments, NO_MOMENTS, standing, standingApart, without } from './moments.ts';

/** Standard errors from which something is there. */
const CLEAR = 2;

/** `moments`: of its rows in the half. */
type Measured = { place: Place; moments: Moments };

/** `belongs`: 1 for its rows of the half, once someone asked. */
type Kept<T> = { slice: T; belongs?: Uint8Array };

/**
 * Slices, the clearest first, without those that one before explains: the rows that it does not share with that one are
 * not worse by themselves, and those that it shares are not worse than the rest of that one. At most `most`.
 */
export function dropExplained<T extends Measured>(clearestFirst: readonly T[], half: Half, most: number): T[] {
  const kept: Kept<T>[] = [];
  for (const slice of clearestFirst) {
    if (kept.length === most) break;
    let rows: Int32Array | undefined;
    const isExplained = kept.some((one) => {
      const other = one.slice;
      const scan = () => {
        rows ??= rowsAt(half, slice.place);
        one.belongs ??= membersOf(half, other.place);
        return momentsOf(half, rows, one.belongs);
      };
      const shared = nestedMoments(slice, other) ?? scan();
      if (shared.rows === 0 || standing(without(slice.moments, shared)) >= CLEAR) return false;
      return standingApart(shared, without(other.moments, shared)) < CLEAR;
    });
    if (!isExplained) kept.push({ slice });
  }
  return kept.map(({ slice }) => slice);
}

function membersOf(half: Half, place: Place): Uint8Array {
  const members = new Uint8Array(half.rows.length);
  for (const row of rowsAt(half, place)) members[row] = 1;
  return members;
}

/** Of the rows that two slices share, where that needs no look at the rows. */
function nestedMoments(one: Measured, other: Measured): Moments | undefined {
  const isApart = one.place.some((a) => other.place.some((b) => a.column === b.column && a.cell !== b.cell));
  if (isApart) return NO_MOMENTS;
  if (isWithin(one.place, other.place)) return one.moments;
  return isWithin(other.place, one.place) ? other.moments : undefined;
}

/** Every row at `place` is at `other`, too: `other` asks for no more cells. */
function isWithin(place: Place, other: Place): boolean {
  return other.every((b) => place.some((a) => a.column === b.column && a.cell === b.cell));
}
