import type { Evaluation, MetricComparison, SliceEvaluation } from '../../domain/evaluate/evaluation.ts';
import type { MetricName } from '../../domain/spec/valid.ts';
import { count, figure, plural } from '../format.ts';
import { type Block, type Column, fold, headed, type Table, type Text, text } from '../report/document.ts';
import { type Direction, directionOf, directionText, estimate, pointOf, probability } from './figures.ts';

const SHOWN = 8;
const NAME_LIMIT = 120;

type Row = { slice: SliceEvaluation; found: MetricComparison & { q?: number } };

/** The slices by metric, the worst first: the first metric in sight, the others folded. */
export function sliceBlocks(evaluation: Evaluation): Block[] {
  const names = [...new Set(evaluation.slices.flatMap((slice) => slice.metrics.map((one) => one.metric)))];
  const alpha = 1 - evaluation.confidence;
  const order = evaluation.metrics.map((one) => one.metric);
  const place = (metric: MetricName) => (order.indexOf(metric) + order.length + 1) % (order.length + 1);
  const [first, ...others] = names
    .sort((a, b) => place(a) - place(b))
    .map((metric) => ({ metric, rows: worstFirst(evaluation, metric) }));
  if (first === undefined) return [];
  return [
    summary(evaluation, [first, ...others], alpha),
    ...headed(sliceTable(first.metric, first.rows, alpha), SHOWN),
    ...others
      .map((one) => ({ ...one, worse: countOf(one.rows, 'worse', alpha) }))
      .sort((a, b) => b.worse - a.worse)
      .map(({ metric, rows, worse }) =>
        fold(`${metric}: ${worse === 0 ? 'no slice' : plural(worse, 'slice')} worse`, sliceTable(metric, rows, alpha)),
      ),
  ];
}

/** Every slice that is worse in a metric after the correction, the surest first. */
export function worseSlices(evaluation: Evaluation): (Row & { metric: MetricName })[] {
  const alpha = 1 - evaluation.confidence;
  return evaluation.slices
    .flatMap((slice) => slice.metrics.map((found) => ({ slice, found, metric: found.metric })))
    .filter(({ found }) => directionOf(found, alpha) === 'worse')
    .sort((a, b) => (a.found.q ?? 1) - (b.found.q ?? 1) || badness(a.found) - badness(b.found));
}

function summary(evaluation: Evaluation, tables: { metric: MetricName; rows: Row[] }[], alpha: number): Block {
  const slices = plural(evaluation.slices.length, 'slice');
  const compared = evaluation.slices.some((slice) => slice.metrics.some((one) => one.difference !== undefined));
  if (!compared) return text(`${slices}, the worst first.`);
  const rows = tables.flatMap((one) => one.rows);
  const metrics = tables.length === 1 ? '' : ` × ${plural(tables.length, 'metric')}`;
  return text(
    `${slices}${metrics}, the worst first: `,
    { strong: `${count(countOf(rows, 'worse', alpha))} worse` },
    `, ${count(countOf(rows, 'better', alpha))} better than the champion. A difference counts where its q (Benjamini and Hochberg over the slices of a metric) is at most ${figure(alpha)}.`,
  );
}

function countOf(rows: Row[], direction: Direction, alpha: number): number {
  return rows.filter(({ found }) => directionOf(found, alpha) === direction).length;
}

function worstFirst(evaluation: Evaluation, metric: MetricName): Row[] {
  return evaluation.slices
    .flatMap((slice): Row[] => slice.metrics.filter((one) => one.metric === metric).map((found) => ({ slice, found })))
    .sort((a, b) => badness(a.found) - badness(b.found));
}

function sliceTable(metric: MetricName, rows: Row[], alpha: number): Table {
  const compared = rows.some(({ found }) => found.difference !== undefined);
  const corrected = rows.some(({ found }) => found.q !== undefined);
  const columns: Column[] = [
    { name: 'Slice', align: 'left' },
    { name: 'Rows', align: 'right' },
    ...(compared ? [{ name: ['Champion ', { code: metric }], align: 'right' } satisfies Column] : []),
    { name: ['Candidate ', { code: metric }], align: 'right' },
    ...(compared
      ? ([
          { name: 'Difference', align: 'right' },
          { name: '', align: 'left' },
        ] satisfies Column[])
      : []),
    ...(corrected ? [{ name: 'q', align: 'right' } satisfies Column] : []),
  ];
  const cells = rows.map(({ slice, found }): Text[] => {
    const direction = directionOf(found, alpha);
    const words = directionText(direction);
    const marked = direction === 'worse' ? { strong: words } : { figure: words };
    return [
      { text: slice.name, limit: NAME_LIMIT },
      { figure: count(slice.rows) },
      ...(compared ? [pointOf(found.champion)] : []),
      estimate(found.candidate),
      ...(compared ? [estimate(found.difference, true), marked] : []),
      ...(corrected ? [probability(found.q)] : []),
    ];
  });
  return { kind: 'table', caption: `${metric} by slice, the worst first`, what: 'slice', columns, rows: cells };
}

/** Low for the worst: the bound of the difference that is on the bad side, else the candidate's own value. */
function badness({ better, difference, candidate }: MetricComparison): number {
  if (difference !== undefined && (difference.lower === null || difference.upper === null)) return Number.MAX_VALUE;
  if (better === 'none') return difference === undefined ? 0 : -Math.abs(difference.value);
  if (difference === undefined) return better === 'higher' ? candidate.value : -candidate.value;
  return better === 'higher' ? (difference.upper ?? 0) : -(difference.lower ?? 0);
}
