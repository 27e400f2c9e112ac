/**
 * Did a column move by more than the effect that matters? H0 is "effect ≤ δ", not "equal": with many rows a difference
 * that nobody cares about is then no finding, and with few rows noise is none.
 */
import { type Comparison, compareValues } from './compare-values.ts';
import { effectiveReferenceRows, effectiveRows } from './over-dispersion.ts';
import type { ColumnProfile, OverDispersion, ReferenceColumn } from './profile.ts';
import { missingRows } from './profile-cells.ts';
import { testCells } from './test-cells.ts';
import type { ColumnFinding, EffectTest } from './verdict.ts';

/** What chance must be less likely than for "every value is missing" to be a fact. */
const NO_CHANCE = 1e-6;

/**
 * `rows`: of the window; a column that was counted in fewer has no value in the others. `expected`: see Comparison; the
 * plain reference without. The p-values are not adjusted for other columns yet, and `drifted` is only what is broken.
 */
export function compareColumn(input: {
  reference: ReferenceColumn;
  expected?: ColumnProfile | undefined;
  window: ColumnProfile | undefined;
  rows: number;
  /** Of those, that other versions answered: they may have other inputs. */
  others?: number | undefined;
  effect: number;
  /** That rows of the reference and the window have; `reference.overDispersion` without. */
  dispersion?: OverDispersion | undefined;
  /** That the window's rows are spread over; unknown without. */
  seconds?: number | undefined;
}): ColumnFinding {
  const { reference, expected, window, rows, others = 0, effect, seconds } = input;
  const over = input.dispersion ?? reference.overDispersion;
  const before = expected ?? reference;
  const of = reference.measure.of;
  const untested: EffectTest = { measure: 'psi', effect: 0, threshold: effect, p: 1, adjusted: 1 };
  const base = { column: reference.column, kind: reference.kind, of };
  const referenceMissing = share(missingRows(before), before.rows);
  const isBroken = (broken: string): ColumnFinding => ({
    ...base,
    rows: { reference: reference.rows, window: window?.rows ?? 0 },
    missing: { ...untested, reference: referenceMissing, window: 1 },
    drifted: true,
    broken,
  });
  if (window === undefined || (window.rows === 0 && rows > 0)) {
    // A file of few rows may lack a column that is empty in all of them.
    const isChance = referenceMissing > 0 && referenceMissing ** effectiveRows(rows, over, seconds) >= NO_CHANCE;
    const broken = isBroken('the column is missing');
    return isChance ? { ...base, rows: broken.rows, missing: broken.missing, drifted: false } : broken;
  }
  if (window.kind !== reference.kind) return isBroken(`it is ${window.kind} now`);

  // Words of one text are not independent: together they are worth the text.
  const part = of === 'words' ? Math.min(1, share(rows, window.rows)) : 1;
  const worth: Comparison['worth'] = {
    reference: (n) => effectiveReferenceRows(part * n, over),
    window: (n) => effectiveRows(part * n, over, seconds),
  };
  const absent = of === 'words' ? 0 : Math.max(0, rows - others - window.rows);
  const missing = missingRows(window) + absent;
  const presence = [
    presenceOf(before.rows, missingRows(before), worth.reference),
    presenceOf(window.rows + absent, missing, worth.window),
  ] as const;
  const missingWindow = share(missing, window.rows + absent);
  const byChance = Math.max(referenceMissing, 0.1) ** worth.window(window.rows);
  return {
    ...base,
    rows: { reference: reference.rows, window: window.rows },
    missing: { ...testCells(...presence, effect), reference: referenceMissing, window: missingWindow },
    ...compareValues({ reference, ...(expected ? { expected } : {}), window, effect, worth }),
    ...(missingWindow === 1 && referenceMissing < 0.5 && byChance < NO_CHANCE
      ? { drifted: true, broken: 'every value is missing' }
      : { drifted: false }),
  };
}

function presenceOf(rows: number, missing: number, worth: (rows: number) => number): number[] {
  const scale = rows > 0 ? worth(rows) / rows : 0;
  return [(rows - missing) * scale, missing * scale];
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
