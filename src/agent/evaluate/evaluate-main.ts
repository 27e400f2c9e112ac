/** The evaluator as a process of its own: a task file in, result files out, a line of progress at a time. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError, exitCodeOf } from '../../domain/errors.ts';
import { canonicalJson } from '../../domain/fingerprint/canonical-json.ts';
import type { ArtifactRef } from '../../domain/jobs/job.ts';
import type { DatasetReader } from '../../ports/dataset.ts';
import { servedBytes } from '../check-file.ts';
import type { EvaluationInput } from '../tasks/evaluate.ts';
import { type EvaluationParts, type EvaluationRequest, evaluateModel } from './evaluate-model.ts';
import { predictionBatches } from './prediction-batches.ts';
import { createStageFile } from './stage.ts';

export type EvaluatorParts = Omit<EvaluationParts, 'reader'> & {
  createReader(places: { dataRoot: string; checkout?: string; allow?: string[] }): DatasetReader;
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
  const { task } = input;
  const reader = parts.createReader({
    dataRoot: input.dataRoot,
    allow: task.allow,
    ...(input.checkout === undefined ? {} : { checkout: input.checkout }),
  });
  // Beside the output: whoever made that folder removes both.
  const workFolder = path.join(path.dirname(output), 'splits');
  await mkdir(workFolder, { recursive: true });
  const stages = createStageFile(input.stageFile);
  const { evaluation, reference, holdout, file } = await evaluateModel(
    { ...parts, reader },
    {
      ...contestants(input),
      dataset: task.dataset,
      workFolder,
      stages,
      onProgress: (line) => {
        stages.enter(line);
        process.stdout.write(`${line}\n`);
      },
    },
  );
  await writeFile(path.join(output, 'evaluation.json'), `${canonicalJson(evaluation)}\n`);
  await writeFile(path.join(output, 'reference.json'), `${canonicalJson(reference)}\n`);
  const predictions = predictionBatches(holdout, { reader, file, dataset: task.dataset });
  await parts.writeTable(path.join(output, 'predictions.parquet'), predictions);
}

function contestants(
  input: EvaluationInput,
): Pick<EvaluationRequest, 'candidate' | 'champion' | 'championSkipped' | 'repeats' | 'metricsCheckout'> {
  const { candidate, champion, model, repeats = [] } = input.task;
  const { championFolder, championSkipped, repeatFolders, metricsCheckout } = input;
  return {
    candidate: { model, folder: input.candidateFolder, ...sized(candidate) },
    ...(champion === undefined || championFolder === undefined
      ? {}
      : {
          champion: {
            model: champion.model,
            version: champion.version,
            folder: championFolder,
            ...sized(champion.artifact),
          },
        }),
    ...(championSkipped === undefined ? {} : { championSkipped }),
    repeats: repeats.map(({ seed }, index) => ({ seed, folder: repeatFolders[index] as string })),
    ...(metricsCheckout === undefined ? {} : { metricsCheckout }),
  };
}

function sized({ digest, files }: ArtifactRef): { digest: string; sizeBytes: number } {
  return { digest, sizeBytes: servedBytes(files) };
}
