/** Lets several models answer batch after batch, a few batches at once, so that the processor is never idle. */
import { availableParallelism } from 'node:os';
import type { ColumnBatch } from '../../domain/data/column-batch.ts';
import { AppError } from '../../domain/errors.ts';
import type { Predictions, Prepared } from '../../ports/model-runtime.ts';
import { classOrder } from './champion-fits.ts';
import { createGrowingArray } from './growing-array.ts';
import type { Scorer, Scorers } from './score-holdout.ts';

export type Answers = {
  width: number;
  candidate: Float64Array;
  champion?: Float64Array;
  championFailed?: string;
  repeats: Float64Array[];
};

export type Answering = {
  /**
   * Begins to answer a batch and waits while too many are under way. `places`: where its rows are in the file; `read`:
   * rows of the file up to its end.
   */
  ask(batch: ColumnBatch, places: Int32Array, read: number): Promise<void>;
  finish(): Promise<Answers>;
  /** Resolves once no model is at work any more, whatever became of it: only then may one be closed. */
  settle(): Promise<void>;
};

type Asked = { places: Int32Array; read: number; answers: Promise<PromiseSettledResult<Predictions>[]> };

/** The figures do not depend on how many batches are under way. */
const UNDER_WAY = Math.max(3, Math.min(8, availableParallelism() + 1));

export function createAnswering(
  { candidate, champion, repeats = [] }: Scorers,
  onRows: (rows: number) => void,
): Answering {
  const others = champion === undefined ? [...repeats] : [...repeats, champion];
  const scorers = [candidate, ...others];
  const values = scorers.map(() => createGrowingArray(Float64Array));
  const order = champion === undefined ? undefined : classOrder(candidate.model, champion.model);
  const queue: Asked[] = [];
  let championFailed: string | undefined;
  let width = 1;

  const isChampion = (scorer: Scorer) => scorer === champion;
  const answer = (batch: ColumnBatch) => {
    const prepared: Prepared = new Map();
    const asked = scorers.filter((scorer) => !isChampion(scorer) || championFailed === undefined);
    return Promise.allSettled(asked.map((scorer) => scorer.loaded.predict(batch, prepared)));
  };
  const take = async ({ places, read, answers }: Asked) => {
    for (const [index, settled] of (await answers).entries()) {
      const its = isChampion(scorers[index] as Scorer);
      if (its && championFailed !== undefined) continue;
      if (settled.status === 'fulfilled') {
        const found = settled.value;
        if (index === 0) width = found.width;
        values[index]?.push(its ? comparable(found, width, order) : found.values);
      } else if (its && settled.reason instanceof AppError) championFailed = located(settled.reason, places).message;
      else throw located(settled.reason, places);
    }
    onRows(read);
  };

  return {
    async settle() {
      for (const { answers } of queue) await answers;
    },
    async ask(batch, places, read) {
      if (batch.rows === 0) return;
      queue.push({ places, read, answers: answer(batch) });
      if (queue.length >= UNDER_WAY) await take(queue.shift() as Asked);
    },
    async finish() {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) await take(next);
      const [own, ...rest] = values.map((one) => one.values()) as [Float64Array, ...Float64Array[]];
      return {
        width,
        candidate: own,
        repeats: rest.slice(0, repeats.length),
        ...(champion === undefined || championFailed !== undefined ? {} : { champion: rest.at(-1) as Float64Array }),
        ...(championFailed === undefined ? {} : { championFailed }),
      };
    },
  };
}

/** The row that a runtime complains of, counted in the split instead of in the batch. */
function located<T>(error: T, places: Int32Array): T | AppError {
  const row = error instanceof AppError ? (error.cause as { row?: number } | undefined)?.row : undefined;
  if (!(error instanceof AppError) || row === undefined) return error;
  const message = error.message.replace(`row ${row + 1}`, `row ${(places[row] as number) + 1} of the split`);
  return new AppError(error.code, message, { cause: error });
}

/** The champion's answer in the candidate's form. */
function comparable(found: Predictions, width: number, order: readonly number[] | undefined): Float64Array {
  const { rows, values } = found;
  if (found.width === width && order === undefined) return values;
  // Of two regressions one may give an interval and the other none: that one's bounds are no numbers.
  const from = Array.from({ length: width }, (_, place) => order?.[place] ?? place);
  const formed = new Float64Array(rows * width);
  for (let row = 0; row < rows; row += 1) {
    for (let place = 0; place < width; place += 1) {
      const own = from[place] as number;
      formed[row * width + place] = own < found.width ? (values[row * found.width + own] as number) : Number.NaN;
    }
  }
  return formed;
}
