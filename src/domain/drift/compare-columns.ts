import { adjustPValues } from '../statistics/benjamini-hochberg.ts';
import { compareColumn } from './compare-column.ts';
import type { ColumnProfile, ReferenceColumn, WindowProfile } from './profile.ts';
import type { ColumnFinding, EffectTest } from './verdict.ts';

/** A column of the reference, what is expected of it at these hours (see reweight-reference.ts), and what was seen. */
export type ColumnPair = {
  reference: ReferenceColumn;
  expected?: ColumnProfile | undefined;
  window: ColumnProfile | undefined;
  /** Of the whole window, see compareColumn. */
  rows: number;
};

/** A column is ignored by its own name, and with the column that it is derived from. */
export function pairColumns(
  columns: ReferenceColumn[],
  window: Pick<WindowProfile, 'columns' | 'rows'>,
  expected: Map<string, ColumnProfile>,
  ignore: string[],
): ColumnPair[] {
  const observed = new Map(window.columns.map((column) => [column.column, column]));
  return columns
    .filter(({ column, measure }) => ![column, sourceOf(measure)].some((name) => ignore.includes(name ?? '')))
    .map((reference) => ({
      reference,
      expected: expected.get(reference.column),
      window: observed.get(reference.column),
      rows: window.rows,
    }));
}

/**
 * Compares all of them, with p adjusted for the false-discovery rate over all tests: a column drifted when one of its
 * adjusted p is at most `rate`, or when it is broken. In the order given.
 */
export function compareColumns(pairs: ColumnPair[], settings: { effect: number; rate: number }): ColumnFinding[] {
  const { effect, rate } = settings;
  const findings = pairs.map((pair) => compareColumn({ ...pair, effect }));
  const tests = findings.flatMap((finding) => testsOf(finding));
  const adjusted = adjustPValues(tests.map((test) => test.p));
  const by = new Map<EffectTest, number>(tests.map((test, i) => [test, adjusted[i]!]));
  return findings.map((finding) => {
    const values = finding.values && { ...finding.values, adjusted: by.get(finding.values)! };
    const missing = { ...finding.missing, adjusted: by.get(finding.missing) ?? 1 };
    const drifted = finding.drifted || [values, missing].some((test) => test !== undefined && test.adjusted <= rate);
    return { ...finding, ...(values ? { values } : {}), missing, drifted };
  });
}

function testsOf(finding: ColumnFinding): EffectTest[] {
  const { values, missing } = finding;
  if (finding.broken !== undefined) return [];
  return [...(values ? [values] : []), ...(missing.reference > 0 || missing.window > 0 ? [missing] : [])];
}

function sourceOf(measure: ReferenceColumn['measure']): string | undefined {
  return 'column' in measure ? measure.column : undefined;
}
