/**
 * The library computes where it is called and holds up the caller: large batches are answered by threads that hold the
 * model each, so that several batches, and whoever reads the next one, are at work at once. What is answered does not
 * depend on who answers.
 */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { ColumnBatch } from '../../../domain/data/column-batch.ts';
import { AppError } from '../../../domain/errors.ts';
import type { LoadedModel, Predictions } from '../../../ports/model-runtime.ts';
import { firstLine, invalid } from '../invalid.ts';
import type { WorkerAnswer, WorkerModel } from './onnx-worker.ts';

/** Of a batch that may go elsewhere: fewer rows are not worth the way. */
const LARGE_ROWS = 4_000;
/** Threads take so long to begin that a short work is done before. */
const WORTH_MS = 300;

export function answerInThreads(
  model: WorkerModel,
  here: LoadedModel,
  threads: number,
  worthMs = WORTH_MS,
): LoadedModel {
  let pool: Pool | undefined;
  let spent = 0;
  return {
    ...here,
    async predict(batch, prepared) {
      if (batch.rows < LARGE_ROWS) return here.predict(batch, prepared);
      if (spent >= worthMs) {
        pool ??= createPool(model, threads);
        return pool.answer(inputsOnly(batch, model));
      }
      const begun = performance.now();
      const predictions = await here.predict(batch, prepared);
      spent += performance.now() - begun;
      return predictions;
    },
    async close() {
      await Promise.all([pool?.close(), here.close()]);
    },
  };
}

function inputsOnly({ rows, columns }: ColumnBatch, { signature }: WorkerModel): ColumnBatch {
  const used = signature.inputs.map(({ column }) => [column, columns[column]] as const);
  return { rows, columns: Object.fromEntries(used.filter(([, column]) => column !== undefined)) as typeof columns };
}

type Job = { batch: ColumnBatch; resolve(predictions: Predictions): void; reject(error: unknown): void };
type Pool = { answer(batch: ColumnBatch): Promise<Predictions>; close(): Promise<void> };

function createPool(model: WorkerModel, threads: number): Pool {
  const waiting: Job[] = [];
  const idle: Worker[] = [];
  const busy = new Map<Worker, Job>();
  const gone: Promise<unknown>[] = [];
  let broken: AppError | undefined;

  const give = (worker: Worker) => {
    const job = waiting.shift();
    if (job === undefined) {
      idle.push(worker);
      return;
    }
    busy.set(worker, job);
    worker.postMessage(job.batch);
  };
  const take = (worker: Worker, answer: WorkerAnswer) => {
    const job = busy.get(worker);
    busy.delete(worker);
    if ('predictions' in answer) job?.resolve(answer.predictions);
    else {
      const { code, message, row } = answer.error;
      job?.reject(new AppError(code, message, { cause: row === undefined ? undefined : { row } }));
    }
    give(worker);
  };
  const breakDown = (cause: unknown) => {
    broken ??= invalid(`it broke down: ${firstLine(cause)}`, cause);
    for (const job of [...busy.values(), ...waiting.splice(0)]) job.reject(broken);
    busy.clear();
  };
  for (let number = 0; number < threads; number += 1) {
    const worker = startWorker(model);
    worker.on('message', (answer: WorkerAnswer) => take(worker, answer));
    worker.on('error', breakDown);
    gone.push(new Promise((resolve) => worker.once('exit', resolve)));
    idle.push(worker);
  }
  const workers = [...idle];
  return {
    answer: (batch) =>
      new Promise((resolve, reject) => {
        if (broken !== undefined) return reject(broken);
        waiting.push({ batch, resolve, reject });
        const worker = idle.shift();
        if (worker !== undefined) give(worker);
      }),
    async close() {
      for (const worker of workers) worker.postMessage('close');
      await Promise.all(gone);
    },
  };
}

function startWorker(model: WorkerModel): Worker {
  const url = new URL('./onnx-worker.ts', import.meta.url);
  if (!import.meta.url.endsWith('.ts')) {
    url.pathname = url.pathname.replace(/\.ts$/, '.js');
    return new Worker(url, { workerData: model });
  }
  // From source: a thread does not take over what reads TypeScript here.
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx/package.json'));
  const loader = new URL('dist/esm/api/index.mjs', tsx).href;
  const begin = `import('${loader}').then(({ register }) => { register(); return import('${url.href}'); })`;
  return new Worker(begin, { eval: true, workerData: model });
}
