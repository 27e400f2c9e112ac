/** In which parts of the rows did a column move by more than in all of them? */
import { type ColumnPair, compareColumns } from './compare-columns.ts';
import type { GroupedProfile, ReferenceColumn, ReferenceProfile, WindowProfile } from './profile.ts';
import { relative, relativeEffect } from './relative-effect.ts';
import { HOUR_OF_WEEK } from './reweight-reference.ts';
import type { ColumnFinding, SegmentFinding } from './verdict.ts';

/** So many times the effect of all rows is more than in the rest. */
const MORE = 1.25;
const SHOWN = 20;

/**
 * Groups with at least `minRows` rows on both sides, by every column but the one they are grouped by; the tests of all
 * groups and columns have their own false-discovery control. They explain and never decide. Largest first, at most 20.
 */
export function findSegments(
  reference: Pick<ReferenceProfile, 'groups' | 'columns'>,
  window: Pick<WindowProfile, 'groups'>,
  overall: ColumnFinding[],
  settings: { effect: number; rate: number; minRows: number },
): SegmentFinding[] {
  const declared = new Map(reference.columns.map((column) => [column.column, column]));
  const whole = new Map(overall.map((finding) => [finding.column, relativeEffect(finding)]));
  const found = window.groups
    .filter(({ by }) => by !== HOUR_OF_WEEK)
    .flatMap((grouped) => pairGroups(grouped, reference.groups, declared, settings.minRows))
    .filter(({ pair }) => whole.has(pair.reference.column));
  const findings = compareColumns(
    found.map(({ pair }) => pair),
    settings,
  );
  return findings
    .flatMap((finding, i): { size: number; segment: SegmentFinding }[] => {
      const { by, key, pair } = found[i]!;
      const size = relativeEffect(finding);
      if (!finding.drifted || finding.broken !== undefined || size < MORE * whole.get(finding.column)!) return [];
      return [{ size, segment: { by, key, column: finding.column, effect: effectOf(finding), rows: pair.rows } }];
    })
    .sort((a, b) => b.size - a.size)
    .slice(0, SHOWN)
    .map(({ segment }) => segment);
}

type Found = { by: string; key: string; pair: ColumnPair };

function pairGroups(
  grouped: GroupedProfile,
  references: GroupedProfile[],
  declared: Map<string, ReferenceColumn>,
  minRows: number,
): Found[] {
  const { by } = grouped;
  const known = new Map(references.find((one) => one.by === by)?.groups.map((group) => [group.key, group]));
  return grouped.groups.flatMap(({ key, rows, columns }): Found[] => {
    const before = known.get(key);
    if (before === undefined || before.rows < minRows || rows < minRows) return [];
    const expected = new Map(before.columns.map((profile) => [profile.column, profile]));
    return columns.flatMap((window): Found[] => {
      const reference = declared.get(window.column);
      const there = expected.get(window.column);
      if (reference === undefined || there === undefined || window.column === by) return [];
      return [{ by, key, pair: { reference, expected: there, window, rows } }];
    });
  });
}

function effectOf({ values, missing }: ColumnFinding): number {
  return values && relative(values) >= relative(missing) ? values.effect : missing.effect;
}
