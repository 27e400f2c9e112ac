/** Evaluations with every part filled in, as texts and pictures are made from; the figures are made up but fit each other. */
import type {
  Estimate,
  Evaluation,
  GateResult,
  Histogram,
  MetricComparison,
  Serving,
  SliceEvaluation,
} from '../../src/domain/evaluate/evaluation.ts';

type Bounds = [value: number, lower: number | null, upper: number | null];
export const estimate = ([value, lower, upper]: Bounds): Estimate => ({ value, lower, upper });

const LOWER = new Set(['log_loss', 'brier', 'ece', 'rmse', 'mae']);

export const compared = (
  metric: string,
  candidate: Bounds,
  champion?: Bounds,
  difference?: Bounds,
  more: Partial<MetricComparison> & { q?: number } = {},
): MetricComparison & { q?: number } => ({
  metric,
  better: LOWER.has(metric) ? 'lower' : 'higher',
  rows: 114_670,
  method: 'delta',
  candidate: estimate(candidate),
  ...(champion === undefined ? {} : { champion: estimate(champion) }),
  ...(difference === undefined ? {} : { difference: estimate(difference) }),
  ...more,
});

export const slice = (name: string, rows: number, difference: Bounds, q?: number): SliceEvaluation => ({
  name,
  rows,
  metrics: [
    compared('roc_auc', [0.6 + difference[0], 0.55, 0.65], [0.6, 0.55, 0.65], difference, {
      rows,
      ...(q === undefined ? {} : { q, p: q / 3 }),
    }),
  ],
});

const cost = {
  p50: 0.02205,
  p95: 0.03397,
  p99: 0.06926,
  throughput: [
    { batch: 1, rowsPerSecond: 43_120 },
    { batch: 100, rowsPerSecond: 1_204_511 },
    { batch: 1000, rowsPerSecond: 3_139_264 },
  ],
  sizeBytes: 7015,
  memoryBytes: 41_300_000,
  coldStartMs: 84.2,
};

export const serving: Serving = {
  machine: 'Intel Xeon (2 cores), linux x64, onnxruntime 1.23.2, 1 thread',
  candidate: cost,
  champion: { ...cost, sizeBytes: 3339, p50: 0.0201, memoryBytes: 40_100_000 },
  ratios: {
    p50: estimate([1.097, 1.081, 1.112]),
    p95: estimate([1.01, 0.97, 1.06]),
    p99: estimate([1.0, 0.8, 1.3]),
    throughput: [
      { batch: 1, ratio: estimate([0.93, 0.91, 0.95]) },
      { batch: 100, ratio: estimate([0.99, 0.97, 1.01]) },
      { batch: 1000, ratio: estimate([1.0, 0.98, 1.02]) },
    ],
    memory: estimate([1.03, 0.99, 1.08]),
    coldStart: estimate([1.2, 1.1, 1.4]),
  },
};

const normal = (x: number, mean: number, deviation: number) => Math.exp(-0.5 * ((x - mean) / deviation) ** 2);

/** Bins of [0, 1] with rows in the shape of a bell. */
const bell = (rows: number, mean: number, deviation: number, bins = 40): Histogram => {
  const edges = Array.from({ length: bins + 1 }, (_, edge) => edge / bins);
  const heights = Array.from({ length: bins }, (_, bin) => normal((bin + 0.5) / bins, mean, deviation));
  const total = heights.reduce((sum, height) => sum + height, 0);
  return { edges, counts: heights.map((height) => Math.round((rows * height) / total)) };
};

const roc = (power: number) =>
  Array.from({ length: 101 }, (_, at): [number, number] => [at / 100, (at / 100) ** (1 / power)]);
const pr = (power: number) =>
  Array.from({ length: 100 }, (_, at): [number, number] => [
    (at + 1) / 100,
    0.19 + 0.5 * (1 - (at + 1) / 100) ** power,
  ]);
const calibration = (slope: number) =>
  Array.from({ length: 10 }, (_, bin): [number, number, number] => {
    const predicted = 0.04 + bin * 0.07;
    return [predicted, Math.min(1, predicted ** slope), Math.round(30_000 * Math.exp(-bin / 2))];
  });

const scores = (shift: number) => ({
  all: bell(114_670, 0.21, 0.1),
  negative: bell(92_900, 0.19, 0.08),
  positive: bell(21_770, 0.19 + shift, 0.11),
});

const inAll: MetricComparison[] = [
  compared('roc_auc', [0.61754, 0.61347, 0.62162], [0.61146, 0.60737, 0.61555], [0.006082, 0.004585, 0.007579], {
    method: 'delong',
    p: 1.7e-15,
    effect: 0.0234,
  }),
  compared('log_loss', [0.47311, 0.47184, 0.47419], [0.47461, 0.47334, 0.47569], [-0.0001, -0.0004, 0.0002], {
    p: 0.51,
    effect: -0.0019,
  }),
  compared('accuracy', [0.81107, 0.8088, 0.81333], [0.81144, 0.8092, 0.8137], [-0.0003663, -0.0005943, -0.0001464], {
    method: 'wilson-tango',
    p: 0.0013,
    effect: -0.0095,
  }),
  compared('calibration_slope', [0.97, 0.93, 1.01], [0.91, 0.88, 0.95], [0.06, 0.03, 0.09], {
    better: 'none',
    p: 0.0004,
  }),
  compared('ndcg_of_ours', [0.7, null, null], [0.69, null, null], [0.01, null, null], { method: 'none', rows: 90 }),
];

export const evaluation: Evaluation = {
  version: 1,
  model: 'flight-delay',
  task: 'binary-classification',
  dataset: 'flights',
  holdoutDigest: `sha256:5b9ee03ff475${'0'.repeat(52)}`,
  rows: 114_670,
  unlabelled: 12,
  seed: 3_802_713_854,
  resamples: 1000,
  confidence: 0.95,
  threshold: { candidate: 0.3125, champion: 0.29, chosen: { metric: 'f1', split: 'validation' } },
  weightedBy: 'passengers',
  candidate: { digest: `sha256:${'a'.repeat(64)}` },
  champion: { digest: `sha256:${'b'.repeat(64)}`, version: '1.2.0' },
  metrics: inAll,
  slices: [
    slice('origin=ATL', 4876, [0.01378, 0.004966, 0.02259], 0.011),
    slice('origin=LGA | <b>@owner</b>', 2312, [-0.01339, -0.02176, -0.005017], 0.021),
    slice('origin=JFK', 1902, [-0.0096, -0.0183, -0.0009], 0.094),
    slice('distance in [500, 1000)', 12_519, [-0.002, -0.01, 0.006], 0.7),
    ...Array.from({ length: 7 }, (_, index) => slice(`origin=X${index}`, 600 - index, [0.001 * index, null, null])),
  ].map((one, index) => ({
    ...one,
    metrics: [
      ...one.metrics,
      compared('accuracy', [0.8, 0.78, 0.82], [0.81, 0.79, 0.83], [-0.01 + index / 500, -0.02, -0.001 + index / 500], {
        rows: one.rows,
        q: Math.min(1, 0.02 + index / 40),
      }),
    ],
  })),
  slicesLeftOut: 173,
  discovery: {
    metric: 'roc_auc',
    looked: 1234,
    leftOut: 56,
    measured: 40,
    unmeasured: 0,
    tried: [
      {
        name: 'origin=EWR and hour in [18, 24)',
        rows: 903,
        against: 'champion',
        candidate: estimate([0.55, 0.52, 0.58]),
        other: estimate([0.59, 0.56, 0.62]),
        difference: estimate([-0.04, -0.06, -0.02]),
        p: 0.0007 / 12,
      },
      ...Array.from({ length: 11 }, (_, at) => ({
        name: `distance in [${at}00, ${at + 1}00)`,
        rows: 1200,
        against: 'champion' as const,
        candidate: estimate([0.6, 0.57, 0.63]),
        other: estimate([0.61, 0.58, 0.64]),
        difference: estimate([-0.01, -0.03, 0.01]),
        p: 0.3,
      })),
    ],
    untold: 0,
  },
  fairness: [
    {
      by: 'sex',
      rate: 'selection_rate',
      leftOut: 0,
      groups: [
        {
          group: 'F',
          rows: 51_200,
          candidate: estimate([0.18, 0.176, 0.184]),
          champion: estimate([0.19, 0.186, 0.194]),
        },
        {
          group: 'M',
          rows: 63_470,
          candidate: estimate([0.21, 0.206, 0.214]),
          champion: estimate([0.2, 0.196, 0.204]),
        },
      ],
      widest: {
        low: 'F',
        high: 'M',
        difference: estimate([-0.03, -0.036, -0.024]),
        ratio: estimate([0.857, 0.83, 0.885]),
      },
    },
    {
      by: 'age',
      rate: 'true_positive_rate',
      leftOut: 3,
      groups: [{ group: '18–30', rows: 812, candidate: estimate([0.4, 0.3, 0.5]) }],
    },
  ],
  robustness: {
    behaviour: [
      { check: 'determinism', verdict: 'pass', evidence: 'same bytes for 1,000 rows asked twice' },
      { check: 'missing', input: 'distance', verdict: 'fail', evidence: 'NaN for 3 of 1,000 rows' },
      { check: 'out-of-range', input: 'hour', verdict: 'pass', evidence: 'answers between 0.02 and 0.91' },
    ],
    invariances: [
      {
        name: 'carrier-case',
        rows: 114_670,
        changed: estimate([0.0012, 0.001, 0.0014]),
        largest: 0.2,
        tolerance: 1e-6,
      },
      {
        name: 'swap',
        rows: 0,
        changed: estimate([0, null, null]),
        largest: 0,
        tolerance: 0.01,
        failed: 'Binder Error: no column "<i>swap"',
      },
    ],
    agreement: { rows: 1000, largest: 2.4e-7, mean: 3.1e-8 },
    predictionDrift: { distance: 0.083, meanChange: 0.0121, decidedOtherwise: 0.0213 },
  },
  seeds: {
    seeds: [7, 8, 9],
    metrics: [
      { metric: 'roc_auc', values: [0.61754, 0.6149, 0.6181], mean: 0.61685, deviation: 0.00171 },
      { metric: 'log_loss', values: [0.47311, 0.4739, 0.4731], mean: 0.47337, deviation: 0.00046 },
    ],
  },
  serving,
  curves: {
    roc: { candidate: roc(1.6), champion: roc(1.45) },
    pr: { candidate: pr(2), champion: pr(2.6) },
    calibration: { candidate: calibration(1.05), champion: calibration(0.9) },
    scores: { candidate: scores(0.09), champion: scores(0.07) },
  },
};

export const gates: GateResult[] = [
  { gate: 'roc_auc ≥ 0.55', verdict: 'pass', evidence: '0.6175 [0.6135, 0.6216]', bound: 'sha256:1' },
  {
    gate: 'roc_auc in every slice of 500 rows, no worse than champion by 0.01',
    verdict: 'needs-approval',
    evidence: 'cannot tell: 27 of 51 slices: origin=DAL −0.002 [−0.02, 0.02]; about 4,100 rows would tell (here: 612)',
    bound: 'sha256:2',
  },
  {
    gate: 'accuracy no worse than champion by 0.0001',
    verdict: 'waived',
    evidence: '−0.00037 [−0.00059, −0.00015], wanted ≥ −0.0001',
    bound: 'sha256:3',
    waiver: { by: 'owner', reason: 'the cost of a miss fell, see <#12> | @stranger' },
  },
  {
    gate: 'selection_rate by sex, difference ≤ 0.02, ratio ≥ 0.8',
    verdict: 'needs-approval',
    evidence: 'F 0.18 against M 0.21: difference 0.03 [0.024, 0.036]',
    bound: 'sha256:6',
  },
  { gate: 'behaviour missing', verdict: 'fail', evidence: 'distance: NaN for 3 of 1,000 rows', bound: 'sha256:4' },
  {
    gate: 'latency p99 ≤ 1.1 × champion',
    verdict: 'cannot-tell',
    evidence: 'cannot tell: 1.00 [0.80, 1.30]',
    bound: 'sha256:5',
  },
];

/** Observed and predicted values around a line, with more spread where they are larger. */
const spread = Array.from({ length: 400 }, (_, at): [number, number] => {
  const predicted = 5 + (at % 100);
  return [predicted, predicted + Math.sin(at * 7.3) * predicted * 0.3];
});

export function regression(): Evaluation {
  const { champion: _, curves: __, discovery: ___, seeds: ____, ...rest } = evaluation;
  const { memoryBytes: _____, coldStartMs: ______, ...unprobed } = cost;
  return {
    ...rest,
    task: 'regression',
    championSkipped: 'it needs age, which dataset flights no longer has',
    threshold: { candidate: 0.5 },
    metrics: [compared('rmse', [12.3456, 12.1, 12.6])],
    slices: [],
    slicesLeftOut: 0,
    fairness: [],
    robustness: { behaviour: [], invariances: [] },
    serving: { machine: serving.machine, candidate: unprobed, probeFailed: 'the process ended with 137' },
    curves: {
      scores: {
        candidate: { all: { ...bell(1000, 0.4, 0.2), edges: bell(1, 0.4, 0.2).edges.map((edge) => edge * 120) } },
      },
      residuals: { candidate: spread },
    },
  };
}

const NASTY = '<img src=x onerror=alert(1)> | @owner **b** `c` [l](https://evil.example) #12 \u202e </details>\n\n# h';

/** More than GitHub takes, with names that want to be Markdown and HTML. */
export function monstrous(): { evaluation: Evaluation; gates: GateResult[] } {
  const names = Array.from({ length: 30 }, (_, at) => `metric_${at}_of_a_rather_long_name_that_goes_on_and_on`);
  const slices = Array.from(
    { length: 100 },
    (_, at): SliceEvaluation => ({
      name: `${NASTY} ${at} ${'long '.repeat(60)}`,
      rows: 1000 - at,
      metrics: names.map((metric, which) =>
        compared(metric, [0.5, 0.4, 0.6], [0.6, 0.5, 0.7], [-0.1 + at / 1000, -0.2, -0.01 + at / 1000], {
          q: ((at * 31 + which * 7) % 100) / 100,
          p: 0.01,
        }),
      ),
    }),
  );
  const categories = Array.from({ length: 2000 }, (_, at) => `${NASTY} ${at}`);
  const classes = categories.slice(0, 200);
  return {
    evaluation: {
      ...evaluation,
      metrics: names.map((metric) =>
        compared(metric, [0.5, 0.4, 0.6], [0.6, 0.5, 0.7], [-0.1, -0.2, 0.01], { p: 0.2 }),
      ),
      slices,
      slicesLeftOut: 1900,
      discovery: {
        ...evaluation.discovery!,
        tried: slices.map((one) => ({ ...evaluation.discovery!.tried[0]!, p: 0, name: one.name })),
      },
      fairness: Array.from({ length: 9 }, (_, at) => ({
        by: `${NASTY} ${at}`,
        rate: 'selection_rate' as const,
        leftOut: 7,
        groups: categories
          .slice(0, at === 0 ? 2000 : 100)
          .map((group) => ({ group, rows: 100, candidate: estimate([0.2, 0.1, 0.3]) })),
      })),
      robustness: {
        behaviour: categories.map((input) => ({
          check: 'missing' as const,
          input,
          verdict: 'fail' as const,
          evidence: NASTY,
        })),
        invariances: [],
      },
      championSkipped: NASTY.repeat(50),
      curves: {
        ...evaluation.curves,
        confusion: {
          classes,
          candidate: classes.map((_, truth) => classes.map((__, decided) => (truth * decided) % 17)),
        },
      },
    },
    gates: Array.from({ length: 300 }, (_, at) => ({
      gate: `${names[at % 30]} in every slice ${NASTY}`,
      verdict: (['pass', 'fail', 'cannot-tell', 'needs-approval'] as const)[at % 4] as GateResult['verdict'],
      evidence: `${NASTY} `.repeat(20),
      bound: `sha256:${at}`,
    })),
  };
}
