import type { Evaluation, GateResult, MetricComparison } from '../../domain/evaluate/evaluation.ts';
import { figure, plural } from '../format.ts';
import { gatesOn } from '../gate-mark.ts';
import { type Block, type Column, type Span, type Text, text } from '../report/document.ts';
import { directionOf, directionText, estimate, metricName, pointOf, probability } from './figures.ts';

type Part = { column: Column; cell(one: MetricComparison): Text };

/** One row a metric; columns that nothing would stand in are not there. */
export function metricBlocks(evaluation: Evaluation, gates: GateResult[]): Block[] {
  const { champion, championSkipped, metrics } = evaluation;
  if (metrics.length === 0) return [text('No metrics were asked for.')];
  const level = `[${figure(evaluation.confidence * 100)} %]`;
  const has = (key: 'p' | 'effect') => metrics.some((one) => one[key] !== undefined);
  const parts: Part[] = [
    { column: left('Metric'), cell: (one) => nameWithRows(one, evaluation.rows) },
    ...(champion === undefined
      ? []
      : [part(right(['Champion ', { code: champion.version }]), (one) => pointOf(one.champion))]),
    part(right({ figure: `Candidate ${level}` }), (one) => estimate(one.candidate)),
    ...(champion === undefined
      ? []
      : [
          part(right({ figure: `Difference ${level}` }), (one) => estimate(one.difference, true)),
          part(left(''), (one) => ({ figure: directionText(directionOf(one)) })),
          ...(has('p') ? [part(right('p'), (one) => probability(one.p))] : []),
          ...(has('effect') ? [part(right('Effect'), (one) => effectOf(one))] : []),
        ]),
    ...(metrics.some((one) => gatesOn(one.metric, gates) !== '')
      ? [part(left('Gates'), (one) => ({ figure: gatesOn(one.metric, gates) }))]
      : []),
  ];
  return [
    {
      kind: 'table',
      caption: champion === undefined ? 'Metrics of the candidate' : 'Metrics of candidate and champion',
      what: 'metric',
      columns: parts.map(({ column }) => column),
      rows: metrics.map((one) => parts.map(({ cell }) => cell(one))),
    },
    ...(champion === undefined && championSkipped === undefined
      ? [text('There is no champion yet to compare with.')]
      : []),
  ];
}

const left = (name: Text): Column => ({ name, align: 'left' });
const right = (name: Text): Column => ({ name, align: 'right' });
const part = (column: Column, cell: Part['cell']): Part => ({ column, cell });

/** A metric of which some rows are no part says of how many it is. */
function nameWithRows(one: MetricComparison, rows: number): Span[] {
  return one.rows === rows ? metricName(one) : [...metricName(one), ` (${plural(one.rows, 'row')})`];
}

function effectOf({ effect }: MetricComparison): Span {
  if (effect === undefined) return { figure: '—' };
  const shown = String(Number(Math.abs(effect).toPrecision(2)));
  return { figure: `${effect < 0 ? '−' : effect > 0 ? '+' : ''}${shown}` };
}
