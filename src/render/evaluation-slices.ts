import type { Evaluation, MetricComparison, SliceEvaluation } from '../domain/evaluate/evaluation.ts';
import { trend, withInterval } from './evaluation-figures.ts';
import { count, figure, plural } from './format.ts';
import { escapeText, fold, table } from './markdown.ts';

const SHOWN = 8;

/** The slices where the candidate does worst in the first metric, against the champion where there is one. */
export function sliceTables(evaluation: Evaluation): string {
  const metric = evaluation.slices.flatMap((slice) => slice.metrics)[0]?.metric;
  if (metric === undefined) return '';
  const rows = evaluation.slices
    .map((slice) => ({ slice, found: slice.metrics.find((one) => one.metric === metric) }))
    .sort((a, b) => standing(a.found) - standing(b.found));
  const compared = rows.some((row) => row.found?.difference !== undefined);
  const shown = rowsOf(rows.slice(0, SHOWN), metric, compared);
  const rest = rows.slice(SHOWN);
  const left =
    evaluation.slicesLeftOut > 0
      ? `\n\n${plural(evaluation.slicesLeftOut, 'slice')} with fewer rows are left out.`
      : '';
  const folded =
    rest.length === 0 ? '' : `\n\n${fold(`${plural(rest.length, 'more slice')}`, rowsOf(rest, metric, compared))}`;
  return `### Slices, the worst first\n\n${shown}${folded}${left}`;
}

function rowsOf(
  rows: { slice: SliceEvaluation; found: MetricComparison | undefined }[],
  metric: string,
  compared: boolean,
): string {
  const headers = [
    'Slice',
    'Rows',
    ...(compared ? [`Champion ${metric}`] : []),
    `Candidate ${metric}`,
    ...(compared ? ['Difference', ''] : []),
  ];
  const cells = rows.map(({ slice, found }) => [
    escapeText(slice.name, 80),
    count(slice.rows),
    ...(compared ? [found?.champion === undefined ? '—' : figure(found.champion.value)] : []),
    withInterval(found?.candidate),
    ...(compared ? [withInterval(found?.difference, true), found === undefined ? '' : trend(found)] : []),
  ]);
  return table(headers, cells, compared ? 'lrrrrl' : 'lrr');
}

/** Low for the worst: the bound of the difference that is on the bad side, else the candidate's own value. */
function standing(found: MetricComparison | undefined): number {
  if (found === undefined) return Number.POSITIVE_INFINITY;
  const { better, difference, candidate } = found;
  if (difference !== undefined && difference.lower === null) return Number.MAX_VALUE;
  if (difference === undefined) return better === 'higher' ? candidate.value : -candidate.value;
  return better === 'higher' ? (difference.upper ?? difference.value) : -(difference.lower ?? difference.value);
}
