/** The evaluator as a process of its own: a task file in, result files out, a line of progress at a time. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError, exitCodeOf } from '../../domain/errors.ts';
import { canonicalJson } from '../../domain/fingerprint/canonical-json.ts';
import type { ArtifactRef } from '../../domain/jobs/job.ts';
import type { DatasetReader, TableWriter } from '../../ports/dataset.ts';
import type { ReferenceMaker } from '../../ports/drift-source.ts';
import type { ModelRuntime } from '../../ports/model-runtime.ts';
import type { EvaluationInput } from '../tasks/evaluate.ts';
import { evaluateModel } from './evaluate-model.ts';
import { predictionColumns } from './prediction-columns.ts';

export type EvaluatorParts = {
  runtime: ModelRuntime;
  createReader(places: { dataRoot: string; checkout?: string; allow?: string[] }): DatasetReader;
  makeReference: ReferenceMaker;
  writeTable: TableWriter;
};

/**
 * Reads an `EvaluationInput`, writes evaluation.json, reference.json and predictions.parquet into `output`, and answers
 * the exit code. A failure that has a code is left there too, as error.json: {code, message}.
 */
export async function evaluateMain(parts: EvaluatorParts, inputFile: string, output: string): Promise<number> {
  try {
    const input = JSON.parse(await readFile(inputFile, 'utf8')) as EvaluationInput;
    await run(parts, input, output);
    return 0;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    process.stderr.write(`${error.message}\n`);
    await writeFile(path.join(output, 'error.json'), JSON.stringify({ code: error.code, message: error.message }));
    return exitCodeOf(error);
  }
}

async function run(parts: EvaluatorParts, input: EvaluationInput, output: string): Promise<void> {
  const { task, championFolder } = input;
  const reader = parts.createReader({
    dataRoot: input.dataRoot,
    allow: task.allow,
    ...(input.checkout === undefined ? {} : { checkout: input.checkout }),
  });
  // Beside the output: whoever made that folder removes both.
  const workFolder = path.join(path.dirname(output), 'splits');
  await mkdir(workFolder, { recursive: true });
  const { evaluation, reference, holdout } = await evaluateModel(
    { ...parts, reader },
    {
      candidate: { model: task.model, folder: input.candidateFolder, ...sized(task.candidate) },
      ...(task.champion === undefined || championFolder === undefined
        ? {}
        : {
            champion: {
              model: task.champion.model,
              version: task.champion.version,
              folder: championFolder,
              ...sized(task.champion.artifact),
            },
          }),
      dataset: task.dataset,
      workFolder,
      onProgress: (line) => process.stdout.write(`${line}\n`),
    },
  );
  await writeFile(path.join(output, 'evaluation.json'), `${canonicalJson(evaluation)}\n`);
  await writeFile(path.join(output, 'reference.json'), `${canonicalJson(reference)}\n`);
  await parts.writeTable(path.join(output, 'predictions.parquet'), predictionColumns(holdout));
}

function sized(artifact: ArtifactRef): { digest: string; sizeBytes: number } {
  return { digest: artifact.digest, sizeBytes: artifact.files.reduce((sum, file) => sum + file.size, 0) };
}
