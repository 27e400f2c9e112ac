import { describe, expect, it } from 'vitest';
import type {
  Evaluation,
  GateResult,
  MetricComparison,
  SliceEvaluation,
} from '../../src/domain/evaluate/evaluation.ts';
import { evaluationPlots, renderEvaluation } from '../../src/render/evaluation.ts';

type Bounds = [value: number, lower: number | null, upper: number | null];
const estimate = ([value, lower, upper]: Bounds) => ({ value, lower, upper });

const compared = (
  metric: MetricComparison['metric'],
  candidate: Bounds,
  champion?: Bounds,
  difference?: Bounds,
  rows = 114_670,
): MetricComparison => ({
  metric,
  better: metric === 'log_loss' || metric === 'rmse' ? 'lower' : 'higher',
  rows,
  candidate: estimate(candidate),
  ...(champion === undefined ? {} : { champion: estimate(champion) }),
  ...(difference === undefined ? {} : { difference: estimate(difference) }),
});

const slice = (name: string, rows: number, difference: Bounds): SliceEvaluation => ({
  name,
  rows,
  metrics: [compared('roc_auc', [0.6 + difference[0], 0.55, 0.65], [0.6, 0.55, 0.65], difference, rows)],
});

const serving = { p50: 0.02205, p95: 0.03397, p99: 0.06926, rowsPerSecond: 3_139_264, sizeBytes: 7015 };

const evaluation: Evaluation = {
  version: 1,
  task: 'binary-classification',
  dataset: 'flights',
  holdoutDigest: `sha256:5b9ee03ff475${'0'.repeat(52)}`,
  rows: 114_670,
  seed: 3_802_713_854,
  resamples: 1000,
  confidence: 0.95,
  threshold: 0.5,
  candidate: { digest: `sha256:${'a'.repeat(64)}`, serving },
  champion: { digest: `sha256:${'b'.repeat(64)}`, version: '1.2.0', serving: { ...serving, sizeBytes: 3339 } },
  metrics: [
    compared('roc_auc', [0.61754, 0.61347, 0.62162], [0.61146, 0.60737, 0.61555], [0.006082, 0.004585, 0.007579]),
    compared('log_loss', [0.47311, 0.47184, 0.47419], [0.47461, 0.47334, 0.47569], [0.0001, -0.0002, 0.0004]),
    compared('accuracy', [0.81107, 0.8088, 0.81333], [0.81144, 0.8092, 0.8137], [-0.0003663, -0.0005943, -0.0001464]),
  ],
  slices: [
    slice('origin=ATL', 4876, [0.01378, 0.004966, 0.02259]),
    slice('origin=LGA | <b>@owner</b>', 2312, [-0.01339, -0.02176, -0.005017]),
    slice('long-haul', 12_519, [-0.002, -0.01, 0.006]),
    ...Array.from({ length: 7 }, (_, index) => slice(`origin=X${index}`, 600 - index, [0.001 * index, null, null])),
  ],
  slicesLeftOut: 173,
  curves: {
    roc: {
      candidate: [
        [0, 0],
        [0.3, 0.5],
        [1, 1],
      ],
      champion: [
        [0, 0],
        [0.3, 0.45],
        [1, 1],
      ],
    },
    calibration: {
      candidate: [
        [0.05, 0.06, 900],
        [0.15, 0.14, 800],
      ],
    },
  },
};

const gates: GateResult[] = [
  { gate: 'roc_auc ≥ 0.55', verdict: 'pass', evidence: '0.6175 [0.6135, 0.6216]' },
  {
    gate: 'roc_auc in every slice of 500 rows, no worse than champion by 0.01',
    verdict: 'needs-approval',
    evidence: 'cannot tell: 27 of 51 slices: origin=DAL …',
  },
];

const plots = [{ name: 'roc', alt: 'ROC curve', url: 'https://sluice.example/plots/1.svg' }];

const whole = (view: Parameters<typeof renderEvaluation>[0]) => {
  const { title, summary, text } = renderEvaluation(view);
  return `${title}\n\n---\n\n${summary}\n\n---\n\n${text}\n`;
};

describe('renderEvaluation', () => {
  it('shows a comparison', async () => {
    await expect(whole({ evaluation, gates, model: 'flight-delay', plots })).toMatchFileSnapshot(
      'golden/evaluation-compared.md',
    );
  });

  it('shows a first version', async () => {
    const { champion: _, ...first } = evaluation;
    const metrics = [compared('roc_auc', [0.7, null, null], undefined, undefined, 25)];
    const alone = { ...first, rows: 25, metrics, slices: [], slicesLeftOut: 0, curves: {} };
    await expect(whole({ evaluation: alone, gates: [], model: 'flight-delay', plots: [] })).toMatchFileSnapshot(
      'golden/evaluation-first.md',
    );
  });

  it('says why a champion was not scored', async () => {
    const { champion: _, ...rest } = evaluation;
    const metrics = [compared('rmse', [12.3456, 12.1, 12.6])];
    const skipped: Evaluation = {
      ...rest,
      task: 'regression',
      championSkipped: 'it needs age, which dataset flights no longer has',
      metrics,
      slices: [],
      slicesLeftOut: 0,
      curves: {},
    };
    const failed: GateResult[] = [
      { gate: 'rmse ≤ 12', verdict: 'fail', evidence: '12.35 [12.10, 12.60], wanted ≤ 12' },
    ];
    await expect(whole({ evaluation: skipped, gates: failed, model: 'flight-delay', plots: [] })).toMatchFileSnapshot(
      'golden/evaluation-skipped.md',
    );
  });

  it('lets nothing from the data through', () => {
    const text = whole({ evaluation, gates, model: 'flight-delay', plots });
    expect(text).not.toContain('@owner');
    expect(text).not.toContain('<b>');
  });
});

describe('evaluationPlots', () => {
  it('are those of the task', () => {
    expect(evaluationPlots(evaluation).map((plot) => plot.name)).toEqual(['roc', 'calibration']);
    const classes = {
      ...evaluation,
      curves: {
        confusion: {
          classes: ['a', '<b>'],
          candidate: [
            [5, 1],
            [0, 9],
          ],
        },
      },
    };
    const [confusion] = evaluationPlots(classes);
    expect(confusion?.svg).toContain('&lt;b&gt; → a: 0');
    const values = {
      ...evaluation,
      curves: {
        residuals: {
          candidate: [
            [1, 2],
            [3, 3],
          ] as [number, number][],
        },
      },
    };
    expect(evaluationPlots(values)[0]?.svg.match(/<circle/g)).toHaveLength(2);
  });
});
