import type { Evaluation } from '../../src/domain/evaluate/evaluation.ts';
import { CONFIDENCE } from './alarm.ts';

/** What gates read, with nothing measured but `measured`. */
export function bareEvaluation(measured: Partial<Evaluation>): Evaluation {
  const cost = { p50: 1, p95: 1, p99: 1, throughput: [], sizeBytes: 1, memoryBytes: 1, coldStartMs: 1 };
  return {
    version: 1,
    model: 'simulated',
    task: 'binary-classification',
    dataset: 'simulated',
    holdoutDigest: 'sha256:0',
    rows: 1,
    unlabelled: 0,
    seed: 0,
    resamples: 1_000,
    confidence: CONFIDENCE,
    threshold: { candidate: 0.5 },
    candidate: { digest: 'sha256:1' },
    champion: { digest: 'sha256:2', version: '1.0.0' },
    metrics: [],
    slices: [],
    slicesLeftOut: 0,
    fairness: [],
    robustness: { behaviour: [], invariances: [] },
    serving: { machine: 'simulated', candidate: cost },
    curves: {},
    ...measured,
  };
}
