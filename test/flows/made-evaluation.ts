import type { Estimate, Evaluation, ServingCost } from '../../src/domain/evaluate/evaluation.ts';

const cost: ServingCost = {
  p50: 1,
  p95: 2,
  p99: 4,
  throughput: [{ batch: 1024, rowsPerSecond: 50_000 }],
  sizeBytes: 2_000,
};

/** As the evaluator would have found it; `auc` of the candidate against a champion's 0.8. */
export function madeEvaluation(made: {
  auc: Estimate;
  candidate: string;
  champion?: { digest: string; version: string } | undefined;
  about?: Partial<Pick<Evaluation, 'model' | 'task' | 'dataset' | 'holdoutDigest' | 'seeds'>>;
}): Evaluation {
  const { auc, candidate, champion, about = {} } = made;
  return {
    version: 1,
    model: 'bought',
    task: 'binary-classification',
    dataset: 'bought',
    holdoutDigest: 'sha256:0',
    rows: 300,
    unlabelled: 0,
    seed: 7,
    resamples: 200,
    confidence: 0.95,
    threshold: { candidate: 0.5, ...(champion && { champion: 0.5 }) },
    candidate: { digest: candidate },
    ...(champion && { champion }),
    metrics: [
      {
        metric: 'roc_auc',
        better: 'higher',
        rows: 300,
        method: 'delong',
        candidate: auc,
        ...(champion && {
          champion: { value: 0.8, lower: 0.77, upper: 0.83 },
          difference: { value: auc.value - 0.8, lower: auc.value - 0.81, upper: auc.value - 0.79 },
          p: 0.5,
        }),
      },
    ],
    slices: [],
    slicesLeftOut: 0,
    fairness: [],
    robustness: { behaviour: [], invariances: [] },
    serving: { machine: 'a machine with 2 cores', candidate: cost, ...(champion && { champion: cost }) },
    curves: {},
    ...about,
  };
}
