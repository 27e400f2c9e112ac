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

const KINDS: { names: readonly RuleName[]; watch(reference: Reference): (window: DrawnWindow) => boolean[] }[] = [
  { names: ['sluice'], watch: (reference) => alone(watchWithOurs(reference)) },
  { names: ['evidently', 'evidently, a column'], watch: watchWithEvidently },
  /** The same package, shown a sample of the reference. */
  {
    names: ['evidently, 1,000 rows', 'evidently, 1,000 rows, a column'],
    watch: (reference) => watchWithEvidently(sampled(reference)),
  },
  { names: ['nannyml'], watch: (reference) => alone(watchWithNannyMl(reference)) },
];

export const RULE_NAMES = [
  'sluice',
  'evidently',
  'evidently, a column',
  'evidently, 1,000 rows',
  'evidently, 1,000 rows, a column',
  'nannyml',
] as const;

export type RuleName = (typeof RULE_NAMES)[number];

/** Which of the rules raise an alert in a window. */
export function watchWithAll(reference: Reference): (window: DrawnWindow) => Set<RuleName> {
  const watches = KINDS.map(({ names, watch }) => ({ names, watch: watch(reference) }));
  return (window) =>
    new Set(
      watches.flatMap(({ names, watch }) => {
        const alerts = watch(window);
        return names.filter((_, i) => alerts[i]);
      }),
    );
}

function alone(watch: Watch): (window: DrawnWindow) => boolean[] {
  return (window) => [watch(window)];
}

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
