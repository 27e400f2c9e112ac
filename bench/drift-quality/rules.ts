/** The rules that are shown the same streams. */
import { seededRandom } from '../../src/domain/statistics/seeded-random.ts';
import { drawCounts } from './draw.ts';
import { watchWithEvidently } from './evidently.ts';
import { watchWithNannyMl } from './nannyml.ts';
import { watchWithOurs } from './ours.ts';
import type { Reference, Watch } from './rule.ts';
import { type DrawnWindow, totals } from './streams.ts';

/** Evidently tests with p-values when the reference has no more rows than this. */
const SAMPLE_ROWS = 1000;

export const RULES = {
  sluice: watchWithOurs,
  /** Half of the columns. */
  evidently: (reference: Reference) => watchWithEvidently(reference, 'dataset'),
  'evidently, a column': (reference: Reference) => watchWithEvidently(reference, 'column'),
  /** The same package, shown a sample of the reference. */
  'evidently, 1,000 rows': (reference: Reference) => watchWithEvidently(sampled(reference), 'dataset'),
  'evidently, 1,000 rows, a column': (reference: Reference) => watchWithEvidently(sampled(reference), 'column'),
  nannyml: watchWithNannyMl,
} satisfies Record<string, (reference: Reference) => Watch>;

export type RuleName = keyof typeof RULES;
export const RULE_NAMES = Object.keys(RULES) as RuleName[];

/** A thousand of its rows, with replacement. */
export function sampled(reference: Reference): Reference {
  const random = seededRandom(1);
  const columns = totals(reference.windows).map((column) => {
    const drawn = drawCounts(SAMPLE_ROWS, Float64Array.from([...column.counts, column.nulls]), random);
    return { rows: SAMPLE_ROWS, counts: drawn.slice(0, -1), nulls: drawn.at(-1)!, unseen: 0 };
  });
  const window: DrawnWindow = { from: 0, to: 1, rows: SAMPLE_ROWS, columns, hours: [] };
  return { ...reference, windows: [window] };
}
