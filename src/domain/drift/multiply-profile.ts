import type { ColumnProfile } from './profile.ts';

/** Every count times `by`: shares that are to be mixed, no rows any more. */
export function multiplyProfile(profile: ColumnProfile, by: number): ColumnProfile {
  const rows = profile.rows * by;
  const nulls = profile.nulls * by;
  const times = <K>(counts: [K, number][]) => counts.map(([key, count]): [K, number] => [key, count * by]);
  if (profile.kind === 'categorical') {
    const { counts, other, unseen } = profile;
    return { ...profile, rows, nulls, counts: times(counts), other: other * by, unseen: unseen * by };
  }
  const { bins, under, over, nans, infinities } = profile;
  const beside = { under: under * by, over: over * by, nans: nans * by, infinities: infinities * by };
  return { ...profile, rows, nulls, bins: times(bins), ...beside };
}
