import type { Evaluation } from '../../domain/evaluate/evaluation.ts';
import { figure, plural } from '../format.ts';
import { type Block, headed, text } from '../report/document.ts';
import { metricName } from './figures.ts';

/** How much of the figures is the luck of the seed. */
export function seedBlocks({ seeds, metrics }: Evaluation): Block[] {
  if (seeds === undefined) return [];
  return [
    text(
      `${plural(seeds.seeds.length, 'training')} that differ in the seed alone (${seeds.seeds.slice(0, 20).join(', ')}${seeds.seeds.length > 20 ? ', …' : ''}); the first is the candidate.`,
    ),
    ...headed(
      {
        kind: 'table',
        caption: 'Metrics by seed',
        what: 'metric',
        columns: [
          { name: 'Metric', align: 'left' },
          { name: 'Candidate', align: 'right' },
          { name: 'Mean', align: 'right' },
          { name: 'Standard deviation', align: 'right' },
          { name: 'Lowest', align: 'right' },
          { name: 'Highest', align: 'right' },
        ],
        rows: seeds.metrics.map(({ metric, values, mean, deviation }) => [
          metricName({ metric, better: metrics.find((one) => one.metric === metric)?.better ?? 'none' }),
          ...[values[0] ?? Number.NaN, mean, deviation, Math.min(...values), Math.max(...values)].map((value) => ({
            figure: figure(value),
          })),
        ]),
      },
      8,
    ),
  ];
}
