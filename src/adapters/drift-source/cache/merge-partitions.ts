import { mergeWindowProfiles } from '../../../domain/drift/merge-profiles.ts';
import type { PartitionProfile, PartitionWindow } from '../../../domain/drift/profile.ts';
import { ID_SAMPLE } from '../id-sample.ts';

/** As if their files had been profiled together; they have the same reference and windows. */
export function mergePartitions(parts: PartitionProfile[]): PartitionProfile {
  const byFrom = new Map<number, PartitionWindow[]>();
  for (const window of parts.flatMap((part) => part.windows)) {
    byFrom.set(window.from, [...(byFrom.get(window.from) ?? []), window]);
  }
  const { edges, ...first } = parts[0]!;
  return {
    ...first,
    windows: [...byFrom].sort(([a], [b]) => a - b).map(([from, windows]) => mergeWindows(from, windows)),
    timeless: parts.reduce((sum, { timeless }) => sum + timeless, 0),
  };
}

function mergeWindows(from: number, windows: PartitionWindow[]): PartitionWindow {
  const duplicates = windows.reduce((sum, window) => sum + (window.duplicates ?? 0), 0);
  // The smallest of each are among the smallest of all; ids that repeat stay repeated.
  const ids = windows.flatMap((window) => window.ids ?? []).sort();
  const oldest = windows.reduce((least, window) => Math.min(least, window.oldest), Number.POSITIVE_INFINITY);
  return {
    from,
    oldest,
    newest: windows.reduce((latest, { newest }) => Math.max(latest, newest), Number.NEGATIVE_INFINITY),
    profile: mergeWindowProfiles(windows.map(({ profile }) => profile)),
    ...(duplicates > 0 && { duplicates }),
    ...(ids.length > 0 && { ids: ids.slice(0, ID_SAMPLE) }),
  };
}
