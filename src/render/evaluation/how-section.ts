import type { Evaluation, IntervalMethod } from '../../domain/evaluate/evaluation.ts';
import type { MetricName } from '../../domain/spec/valid.ts';
import { count, figure } from '../format.ts';
import type { Block, Span, Text } from '../report/document.ts';
import { wear } from './verdict.ts';
import type { EvaluationFacts } from './view.ts';

/** Everything that somebody needs to do it again, and to know what the figures stand for. */
export function howBlocks({ evaluation, evaluations }: Pick<EvaluationFacts, 'evaluation' | 'evaluations'>): Block[] {
  const { candidate, champion, threshold, task, groupedBy, weightedBy, unlabelled } = evaluation;
  const items: [string, Text][] = [
    ['Candidate', { code: candidate.digest }],
    ...(champion === undefined
      ? []
      : [['Champion', [{ code: champion.version }, ', ', { code: champion.digest }]] satisfies [string, Text]]),
    [
      'Holdout',
      [
        { code: evaluation.holdoutDigest },
        `, ${count(evaluation.rows)} rows scored, ${count(unlabelled)} without a label`,
      ],
    ],
    ...(evaluations === undefined ? [] : [['Wear', wear(evaluations)] satisfies [string, Text]]),
    ...(task === 'binary-classification' ? [['Threshold', thresholdText(threshold)] satisfies [string, Text]] : []),
    ['Seed', { figure: String(evaluation.seed) }],
    ['Intervals', intervalText(evaluation)],
    ...(groupedBy === undefined
      ? []
      : [['Groups', ['rows of one ', { code: groupedBy }, ' are resampled together']] satisfies [string, Text]]),
    ...(weightedBy === undefined
      ? []
      : [['Weights', ['each row counts by ', { code: weightedBy }]] satisfies [string, Text]]),
  ];
  return [
    {
      kind: 'list',
      what: 'item',
      items: items.map(([name, value]): Span[] => [
        { strong: `${name}:` },
        ' ',
        ...(Array.isArray(value) ? (value as Span[]) : [value as Span]),
      ]),
    },
  ];
}

function thresholdText({ candidate, champion, chosen }: Evaluation['threshold']): Text {
  const both = champion === undefined ? figure(candidate) : `${figure(candidate)}, champion ${figure(champion)}`;
  if (chosen === undefined) return { figure: both };
  return [{ figure: both }, ', each the best in ', { code: chosen.metric }, ' on the split ', { code: chosen.split }];
}

const METHODS: Record<IntervalMethod, string> = {
  delong: 'DeLong’s covariance',
  'wilson-tango': 'Wilson, differences by Tango',
  'bca-bootstrap': 'bias-corrected and accelerated bootstrap (BCa)',
  'percentile-bootstrap': 'percentile bootstrap',
  delta: 'infinitesimal jackknife, from the influence of each row',
  sums: 'sums by bin, normal in the limit',
  none: 'no interval',
};

function intervalText({ metrics, confidence, resamples }: Evaluation): Text {
  const byMethod = new Map<IntervalMethod, MetricName[]>();
  for (const { method, metric } of metrics) byMethod.set(method, [...(byMethod.get(method) ?? []), metric]);
  const parts = [...byMethod].flatMap(([method, names]): Span[] => [
    '; ',
    ...names.flatMap((name, at): Span[] => [at === 0 ? '' : ', ', { code: name }]),
    `: ${METHODS[method]}`,
  ]);
  return [
    `two-sided at ${figure(confidence * 100)} %, differences paired on the same rows, ${count(resamples)} resamples where it takes them`,
    ...parts,
  ];
}
