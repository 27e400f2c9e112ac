/** What a model costs to serve, measured where the evaluation runs. */
import type { ServingCost } from '../../domain/evaluate/evaluation.ts';
import { percentile } from '../../domain/evaluate/intervals/percentile.ts';
import type { ColumnBatch } from '../../ports/dataset.ts';
import type { LoadedModel } from '../../ports/model-runtime.ts';
import { pickRows } from './score-holdout.ts';

const WARM_UP = 20;
const FEWEST = 200;
const MOST = 1_000;
/** More requests than the fewest are sent for so long. */
const ENOUGH_MS = 1_500;
const BATCH_ROWS = 1_000;
const BATCHES = 5;

export type Served = { loaded: LoadedModel; sizeBytes: number };

/** Requests of one row, the models in turn, so that what else the machine does falls on all of them alike. */
export async function measureServing(models: Served[], sample: ColumnBatch): Promise<ServingCost[]> {
  const singles = Array.from({ length: Math.min(100, sample.rows) }, (_, row) => pickRows(sample, [row]));
  const request = (index: number) => singles[index % singles.length] as ColumnBatch;
  for (let index = 0; index < WARM_UP; index += 1)
    for (const model of models) await model.loaded.predict(request(index));
  const times = models.map(() => [] as number[]);
  const start = performance.now();
  for (let index = 0; index < MOST && (index < FEWEST || performance.now() - start < ENOUGH_MS); index += 1) {
    for (let turn = 0; turn < models.length; turn += 1) {
      // Who goes first changes every time.
      const which = (turn + index) % models.length;
      const before = performance.now();
      await (models[which] as Served).loaded.predict(request(index));
      (times[which] as number[]).push(performance.now() - before);
    }
  }
  const costs: ServingCost[] = [];
  for (const [index, model] of models.entries()) {
    const sorted = Float64Array.from(times[index] as number[]).sort();
    const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => percentile(sorted, share)) as [number, number, number];
    costs.push({ p50, p95, p99, rowsPerSecond: await rowsPerSecond(model.loaded, sample), sizeBytes: model.sizeBytes });
  }
  return costs;
}

/** The median of several batches. */
async function rowsPerSecond(model: LoadedModel, sample: ColumnBatch): Promise<number> {
  const batch = pickRows(
    sample,
    Array.from({ length: BATCH_ROWS }, (_, index) => index % sample.rows),
  );
  await model.predict(batch);
  const rates: number[] = [];
  for (let index = 0; index < BATCHES; index += 1) {
    const before = performance.now();
    await model.predict(batch);
    rates.push((BATCH_ROWS * 1000) / (performance.now() - before));
  }
  return Math.round(percentile(Float64Array.from(rates).sort(), 0.5));
}
