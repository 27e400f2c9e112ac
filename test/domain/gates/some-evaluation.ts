import type {
  Estimate,
  Evaluation,
  MetricComparison,
  Serving,
  ServingCost,
  SliceEvaluation,
} from '../../../src/domain/evaluate/evaluation.ts';
import type { MetricName } from '../../../src/domain/spec/valid.ts';

export type Bounds = [value: number, lower: number | null, upper: number | null];
export const estimate = ([value, lower, upper]: Bounds): Estimate => ({ value, lower, upper });

/** `difference`: candidate − champion. */
export function compared(metric: MetricName, candidate: Bounds, difference?: Bounds, rows = 10_000): MetricComparison {
  return {
    metric,
    better: metric === 'log_loss' ? 'lower' : metric === 'calibration_slope' ? 'none' : 'higher',
    rows,
    method: 'bca-bootstrap',
    candidate: estimate(candidate),
    ...(difference === undefined
      ? {}
      : {
          champion: estimate([Number((candidate[0] - difference[0]).toFixed(6)), null, null]),
          difference: estimate(difference),
        }),
  };
}

export function slice(
  name: string,
  rows: number,
  difference: Bounds,
  candidate: Bounds = [0.8, 0.78, 0.82],
): SliceEvaluation {
  return { name, rows, metrics: [compared('accuracy', candidate, difference, rows)] };
}

const cost: ServingCost = {
  p50: 0.1,
  p95: 0.2,
  p99: 0.4,
  throughput: [{ batch: 1000, rowsPerSecond: 123_456 }],
  sizeBytes: 52_000_000,
  memoryBytes: 80_000_000,
  coldStartMs: 350,
};

export const serving: Serving = {
  machine: 'a machine',
  candidate: cost,
  champion: { ...cost, p99: 0.3, sizeBytes: 40_000_000 },
  ratios: {
    p50: estimate([1, 0.9, 1.1]),
    p95: estimate([1, 0.9, 1.1]),
    p99: estimate([1.33, 1.2, 1.5]),
    throughput: [{ batch: 1000, ratio: estimate([0.9, 0.85, 0.95]) }],
    memory: estimate([1.1, 1, 1.2]),
    coldStart: estimate([1, 0.7, 1.4]),
  },
};

/** Of candidate and champion on 10,000 rows, with intervals at 95 % and nothing in it. */
export function evaluation(more: Partial<Evaluation> = {}): Evaluation {
  return {
    version: 1,
    model: 'flight-delay',
    task: 'binary-classification',
    dataset: 'flights',
    holdoutDigest: 'sha256:00',
    rows: 10_000,
    unlabelled: 0,
    seed: 1,
    resamples: 1000,
    confidence: 0.95,
    threshold: { candidate: 0.5, champion: 0.5 },
    candidate: { digest: 'sha256:aa' },
    champion: { digest: 'sha256:bb', version: '1.2.0' },
    metrics: [],
    slices: [],
    slicesLeftOut: 0,
    fairness: [],
    robustness: { behaviour: [], invariances: [] },
    serving,
    curves: {},
    ...more,
  };
}

/** The same before there was a champion. */
export function firstEvaluation(more: Partial<Evaluation> = {}): Evaluation {
  const { champion: _, ...first } = evaluation(more);
  const { champion: __, ratios: ___, ...alone } = serving;
  return { ...first, serving: alone };
}
