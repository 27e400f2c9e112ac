/** How long requests take, the models in turn, so that what else the machine does falls on all of them alike. */
import type { ColumnBatch } from '../../../domain/data/column-batch.ts';
import { seededRandom } from '../../../domain/statistics/seeded-random.ts';
import type { LoadedModel } from '../../../ports/model-runtime.ts';

export type Timing = {
  warmUp: number;
  fewest: number;
  most: number;
  /** More than the fewest are sent for so long. */
  enoughMs: number;
  /** However few there are by then: the time of a model that is this slow is told without an interval. */
  tooLongMs: number;
};

/** `begin` is called before each request, and what it answers after it: neither is timed. */
export type Timed = { loaded: LoadedModel; begin(): () => void };

/** What the clock may miss, in ms: ratios are made of times, and none is 0. */
const SHORTEST = 0.001;

/** Milliseconds of the same requests by model. Who goes first is drawn anew for each request. */
export async function timeRequests(
  models: readonly Timed[],
  request: (index: number) => ColumnBatch,
  timing: Timing,
  { seed, now }: { seed: number; now(): number },
): Promise<Float64Array[]> {
  const random = seededRandom(seed);
  const times = models.map(() => [] as number[]);
  const start = now();
  const elapsed = () => now() - start;
  const send = async ({ loaded, begin }: Timed, batch: ColumnBatch) => {
    const end = begin();
    const before = now();
    await loaded.predict(batch);
    const took = Math.max(SHORTEST, now() - before);
    end();
    return took;
  };
  for (let index = 0; index < timing.warmUp && elapsed() < timing.tooLongMs / 2; index += 1)
    for (const model of models) await send(model, request(index));
  const begun = now();
  for (let index = 0; index < timing.most; index += 1) {
    if (index >= timing.fewest && now() - begun >= timing.enoughMs) break;
    if (index >= 3 && elapsed() >= timing.tooLongMs) break;
    const first = Math.floor(random() * models.length);
    for (let turn = 0; turn < models.length; turn += 1) {
      const which = (first + turn) % models.length;
      (times[which] as number[]).push(await send(models[which] as Timed, request(index)));
    }
  }
  return times.map((list) => Float64Array.from(list));
}
