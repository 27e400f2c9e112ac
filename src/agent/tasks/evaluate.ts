import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { JobTask } from '../../domain/jobs/job.ts';
import { downloadFiles } from '../download-files.ts';
import { runEvaluator } from '../evaluate/run-evaluator.ts';
import { logDigest } from '../log-digest.ts';
import type { ResultFile, TaskRun } from '../task-run.ts';

/** The file that the evaluator is given. The folders hold the artifacts' files under their own paths. */
export type EvaluationInput = {
  task: Extract<JobTask, { kind: 'evaluate' }>;
  candidateFolder: string;
  championFolder?: string;
  /** There is a champion, but it has broken the evaluator before, and how. */
  championSkipped?: string;
  /** Of `task.repeats`, in their order. */
  repeatFolders: string[];
  /** Where the commands of custom metrics run. */
  metricsCheckout?: string;
  /** Where the evaluator notes what it does: see `createStageFile`. */
  stageFile: string;
  dataRoot: string;
  checkout?: string;
};

/**
 * The evaluator in a process of its own, for models are hostile input. A champion that breaks it is left out and the
 * candidate evaluated alone: it has a right to its own figures.
 */
export async function evaluate(run: TaskRun<'evaluate'>): Promise<ResultFile[]> {
  const at = (name: string) => path.join(run.folder, name);
  for (const name of ['home', 'tmp']) await mkdir(at(name), { recursive: true });
  const input = await fetchModels(run);
  const deadline = performance.now() + run.limits.timeoutSeconds * 1000;
  const first = await runEvaluator(run, await prepare(run, input), deadline);
  if (first.kind === 'champion-broke-it') {
    const { championFolder: _, ...alone } = input;
    run.log('agent', `evaluating the candidate alone: the champion ${first.how}`);
    const championSkipped = `it ${first.how}`;
    const second = await runEvaluator(run, await prepare(run, { ...alone, championSkipped }), deadline);
    if (second.kind === 'failed') throw second.error;
  }
  if (first.kind === 'failed') throw first.error;
  logDigest(run.log, run.task.dataset);
  const names = (await readdir(at('output'))).sort();
  return names.map((name) => ({ path: name, file: path.join(at('output'), name) }));
}

async function fetchModels(run: TaskRun<'evaluate'>): Promise<EvaluationInput> {
  const { candidate, champion, repeats = [] } = run.task;
  const at = (name: string) => path.join(run.folder, name);
  run.log('agent', 'fetching the models');
  await downloadFiles(candidate.files, at('candidate'), run);
  if (champion) await downloadFiles(champion.artifact.files, at('champion'), run);
  const repeatFolders = repeats.map((_, index) => at(`repeat-${index}`));
  for (const [index, { artifact }] of repeats.entries())
    await downloadFiles(artifact.files, repeatFolders[index] as string, run);
  return {
    task: run.task,
    candidateFolder: at('candidate'),
    ...(champion ? { championFolder: at('champion') } : {}),
    repeatFolders,
    ...(run.metricsCheckout === undefined ? {} : { metricsCheckout: run.metricsCheckout }),
    stageFile: at('stage.json'),
    dataRoot: run.dataRoot,
    ...(run.checkout === undefined ? {} : { checkout: run.checkout }),
  };
}

/** Nothing of an earlier try is left. */
async function prepare(run: TaskRun<'evaluate'>, input: EvaluationInput) {
  const [inputFile, output] = [path.join(run.folder, 'input.json'), path.join(run.folder, 'output')];
  await rm(output, { recursive: true, force: true });
  await rm(input.stageFile, { force: true });
  await mkdir(output);
  await writeFile(inputFile, JSON.stringify(input));
  return { inputFile, output, stageFile: input.stageFile, hasChampion: input.championFolder !== undefined };
}
