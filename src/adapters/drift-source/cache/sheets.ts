/** Sheets: parts of a file's windows that are profiled and kept apart. */
import type { PartitionProfile, PartitionWindow, ReferenceProfile } from '../../../domain/drift/profile.ts';
import type { Span } from '../../../ports/drift-source.ts';
import { timelessIn } from '../timeless-in.ts';
import { windowsInSheet } from '../windows-in-sheet.ts';

/** Those that a span of windows reaches into, in their order. */
export function sheetsOf({ from, to }: Span, windowMs: number, reference: ReferenceProfile): Span[] {
  const length = windowsInSheet(reference, windowMs) * windowMs;
  const sheets: Span[] = [];
  for (let start = Math.floor(from / length) * length; start < to; start += length)
    sheets.push({ from: start, to: start + length });
  return sheets;
}

/** What a file holds, as if it had been profiled sheet by sheet: in those that it has windows of, and that are `wanted`. */
export function splitBySheet(
  profile: PartitionProfile,
  wanted: Span,
  reference: ReferenceProfile,
): [Span, PartitionProfile][] {
  const { windows, windowMs, timeless } = profile;
  const sizes = windows.map(({ from, profile: { rows, errors } }) => ({ from, rows: rows + errors }));
  const bySheet = new Map(
    sheetsOf(wanted, windowMs, reference).map((sheet) => [sheet.from, { sheet, its: [] as PartitionWindow[] }]),
  );
  for (const window of windows) {
    const [sheet] = sheetsOf({ from: window.from, to: window.from + windowMs }, windowMs, reference) as [Span];
    const known = bySheet.get(sheet.from) ?? { sheet, its: [] };
    known.its.push(window);
    bySheet.set(sheet.from, known);
  }
  return [...bySheet.values()].map(({ sheet, its }) => {
    const isWithin = (from: number) => from >= sheet.from && from < sheet.to;
    return [sheet, { ...profile, windows: its, timeless: timelessIn(sizes, timeless, isWithin) }];
  });
}
