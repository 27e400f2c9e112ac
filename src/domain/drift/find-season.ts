import { compareColumn } from './compare-column.ts';
import type { JudgedInput } from './judge-window.ts';
import { relative } from './relative-effect.ts';
import { reweightReference, strataOf } from './reweight-reference.ts';
import type { ColumnFinding } from './verdict.ts';

/** What may be left of an effect that a season explains, in units of the threshold. */
const TOLERATED = 1;
/** And of the effect itself. */
const LEFT = 0.5;
const WEEKDAYS = ['Mondays', 'Tuesdays', 'Wednesdays', 'Thursdays', 'Fridays', 'Saturdays', 'Sundays'];

/**
 * Whether the values that drifted are usual at other times: they differ only because the window's hours do, or they
 * look like another weekday of the reference. A sentence with the evidence; `nameOf`: as people call a column.
 */
export function findSeason(
  { reference, window, settings }: JudgedInput,
  moved: ColumnFinding[],
  nameOf: (finding: ColumnFinding) => string,
): string | undefined {
  const told = moved.filter(({ values, broken }) => values !== undefined && broken === undefined);
  const first = told[0];
  if (first === undefined) return undefined;
  const columns = [...reference.columns, reference.prediction, ...(reference.confidence ? [reference.confidence] : [])];
  const seen = [
    ...window.columns,
    ...(window.prediction ? [window.prediction] : []),
    ...(window.confidence ? [window.confidence] : []),
  ];
  const left = (finding: ColumnFinding, expected: Parameters<typeof compareColumn>[0]['expected']): number => {
    const column = columns.find((one) => one.column === finding.column);
    const profile = seen.find((one) => one.column === finding.column);
    if (expected === undefined || column === undefined || profile === undefined) return Number.POSITIVE_INFINITY;
    const { values } = compareColumn({
      reference: column,
      expected,
      window: profile,
      rows: 0,
      effect: settings.effect,
    });
    return values ? relative(values) : Number.POSITIVE_INFINITY;
  };
  const explains = (finding: ColumnFinding, rest: number) =>
    rest <= TOLERATED && rest <= LEFT * relative(finding.values!);
  if (settings.seasonality !== 'hour-of-week') {
    const expected = reweightReference(reference, window, 'hour-of-week');
    if (told.every((finding) => explains(finding, left(finding, expected.get(finding.column))))) {
      return 'the same hours of the week look like this in the reference: only the mix of hours differs';
    }
  }
  const days = strataOf(reference, first.column, 'weekday');
  for (const [day, profile] of days) {
    if (explains(first, left(first, profile)))
      return `${nameOf(first)} looks as it does on ${WEEKDAYS[day]} in the reference`;
  }
  return undefined;
}
