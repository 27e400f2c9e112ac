import { adjustPValues } from '../statistics/benjamini-hochberg.ts';
import { compareColumn } from './compare-column.ts';
import type { ColumnProfile, OverDispersion, ReferenceColumn } from './profile.ts';
import type { Seasonality } from './reweight-reference.ts';
import type { ColumnFinding, EffectTest } from './verdict.ts';

/** A column of the reference, what is expected of it at these hours (see reweight-reference.ts), and what was seen. */
export type ColumnPair = {
  reference: ReferenceColumn;
  expected?: ColumnProfile | undefined;
  window: ColumnProfile | undefined;
  /** Of the whole window, see compareColumn. */
  rows: number;
  others?: number;
  dispersion?: OverDispersion | undefined;
  seconds?: number | undefined;
};

/** How a column of the reference is held against a window, at the window's hours where `expected` has it. */
export function pairColumn(
  reference: ReferenceColumn,
  window: ColumnProfile | undefined,
  how: {
    rows: number;
    others: number;
    expected: Map<string, ColumnProfile>;
    seasonality: Seasonality;
    seconds?: number | undefined;
  },
): ColumnPair {
  const { rows, others, expected, seasonality, seconds } = how;
  const there = expected.get(reference.column);
  // Hours of the day leave what weekdays do, and weekdays what hours do.
  const byHour = seasonality === 'hour-of-week' && there !== undefined;
  return {
    reference,
    expected: there,
    window,
    rows,
    others,
    dispersion: byHour ? reference.seasonDispersion : undefined,
    seconds,
  };
}

/** A column is ignored by its own name, and with the column that it is derived from. */
export function isIgnored({ column, measure }: ReferenceColumn, ignore: string[]): boolean {
  return ignore.includes(column) || ('column' in measure && ignore.includes(measure.column));
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
