import { compareColumn } from './compare-column.ts';
import { mergeProfiles, onSameGrid } from './merge-columns.ts';
import type { ColumnProfile, ReferenceColumn } from './profile.ts';
import { relative } from './relative-effect.ts';
import type { ColumnFinding } from './verdict.ts';

/** Rows of the windows before that can be held against. */
const LEAST_ROWS = 350;
/** So much of the way from the training is news since the windows before: a step. */
const STEP_PART = 0.5;

/**
 * Whether a column that drifted did so since the windows before (a step) or has been on its way (slow). `before`: its
 * profiles in those, of the same weekday where the week matters. Nothing when they have too few rows. Never decides.
 */
export function findPattern(
  finding: ColumnFinding,
  reference: ReferenceColumn,
  window: ColumnProfile | undefined,
  before: ColumnProfile[],
): ColumnFinding['pattern'] {
  const comparable = before.filter((profile) => onSameGrid(profile, reference));
  if (window === undefined || comparable.length === 0) return undefined;
  const merged = mergeProfiles(comparable);
  if (merged.rows < LEAST_ROWS) return undefined;
  const { values, missing } = finding;
  const byValues = finding.broken === undefined && values !== undefined && relative(values) >= relative(missing);
  const asReference: ReferenceColumn = { ...merged, measure: reference.measure };
  const since = compareColumn({ reference: asReference, window, rows: window.rows, effect: finding.missing.threshold });
  if (since.broken !== undefined) return 'step';
  const now = byValues ? since.values : since.missing;
  const then = byValues ? values : missing;
  if (now === undefined) return undefined;
  // The shares that are missing, or the distance; another measure may speak louder against other windows.
  const part = byValues ? relative(now) / relative(then!) : movedPart(missing, since.missing);
  return part >= STEP_PART ? 'step' : 'slow';
}

function movedPart(training: ColumnFinding['missing'], before: ColumnFinding['missing']): number {
  const moved = Math.abs(training.window - training.reference);
  return moved === 0 ? 0 : Math.abs(before.window - before.reference) / moved;
}
