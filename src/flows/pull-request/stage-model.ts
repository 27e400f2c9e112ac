/** Where one model of a plan stands: its training, its champion, its evaluation and who waived what. */
import type { Evaluation } from '../../domain/evaluate/evaluation.ts';
import { sourceBlobs, splitIdentity } from '../../domain/fingerprint/data-identity.ts';
import { digestOf } from '../../domain/fingerprint/digest.ts';
import { fingerprintEvaluation } from '../../domain/fingerprint/fingerprint-evaluation.ts';
import { governModel } from '../../domain/plan/govern-model.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import type { Dataset, Model, Policy, Repository, RunnerSpec } from '../../domain/spec/valid.ts';
import type { PullRequest, TreeEntry } from '../../ports/github.ts';
import { readJson } from '../blobs.ts';
import { baseChampion, championOf } from '../champion.ts';
import type { FlowDeps } from '../deps.ts';
import { countEvaluation } from '../holdout-wear.ts';
import type { PullRecord, Records } from '../records.ts';
import { waiversOf } from '../waivers.ts';
import { newestJob, progressOf } from './job-progress.ts';
import { artifactOf, type ModelStage, resultFile } from './stage.ts';
import { repeatsEnded, stageRepeats, trainedRepeats } from './stage-repeats.ts';
import { stageSweep } from './stage-sweep.ts';

export type StageContext = {
  deps: FlowDeps;
  records: Records;
  /** `owner/name`. */
  name: string;
  pull: PullRequest;
  record: PullRecord | undefined;
  policy: Policy;
  head: { repository: Repository; tree: TreeEntry[] };
  /** What the pull request started from. */
  base: { sha: string; repository?: Repository; tree: TreeEntry[] };
  /** The tip of the base branch, whose gates govern. */
  governing: Repository | undefined;
  /** Its commit, read where somebody's custom metrics are computed from it. */
  metrics: { sha: string; tree: TreeEntry[] } | undefined;
};

export async function stageModel(context: StageContext, planned: Plan['models'][number]): Promise<ModelStage> {
  const { deps, records, name, record, pull, head, base, policy } = context;
  const proposed = declared(head.repository, planned.name)!;
  const governed = governModel(proposed, context.governing && declared(context.governing, planned.name));
  const { model } = governed;
  const { dataset } = proposed;
  const generation = record?.generations[planned.name] ?? { train: 0, evaluate: 0 };
  const trainKey = `train:${name}:${planned.fingerprint}:${generation.train}`;
  const runner = policy.runners.find((one) => one.name === model.train.runner);
  const train = model.train.sweep
    ? await stageSweep(deps, records, { repository: name, pull, runner }, model, trainKey)
    : await stageTraining(context, model, runner, trainKey);
  const champion =
    (await championOf(records, name, planned.name)) ??
    (base.repository &&
      (await baseChampion(
        deps,
        records,
        { repository: name, pull },
        { sha: base.sha, repository: base.repository, tree: base.tree },
        planned.name,
        planned.fingerprint,
      )));
  const stage: ModelStage = { planned, ...governed, dataset, champion, train };
  if (train.artifact && repeatsEnded(train.repeats)) {
    stage.evaluate = await stageEvaluation(context, stage, generation.evaluate);
  }
  return stage;
}

function declared(repository: Repository, name: string): { model: Model; dataset: Dataset } | undefined {
  const model = repository.models.find((one) => one.name === name);
  return model && { model, dataset: repository.datasets.find((one) => one.name === model.dataset)! };
}

async function stageTraining(
  { deps, name, pull }: StageContext,
  model: Model,
  runner: RunnerSpec | undefined,
  key: string,
): Promise<ModelStage['train']> {
  const job = await newestJob(deps, key);
  const repeats = await stageRepeats(deps, { repository: name, runner }, model, key);
  return {
    key,
    job,
    reused: job !== undefined && (job.sha !== pull.head.sha || job.pull !== pull.number),
    artifact: artifactOf(job, model),
    ...(await progressOf(deps, job)),
    ...(repeats && { repeats }),
  };
}

async function stageEvaluation(
  context: StageContext,
  stage: ModelStage,
  generation: number,
): Promise<NonNullable<ModelStage['evaluate']>> {
  const { deps, records, name, metrics, policy, pull } = context;
  const key = `evaluate:${name}:${evaluationKey(stage, context)}:${generation}`;
  const job = await newestJob(deps, key);
  const evaluationDigest = resultFile(job, 'evaluation.json');
  const evaluation = evaluationDigest ? await readJson<Evaluation>(deps.artifacts, evaluationDigest) : undefined;
  const { name: model, path } = stage.model;
  return {
    key,
    job,
    ...(await progressOf(deps, job)),
    evaluationDigest,
    referenceDigest: resultFile(job, 'reference.json'),
    predictionsDigest: resultFile(job, 'predictions.parquet'),
    evaluation,
    ...(evaluation && { evaluations: await countOf(context, stage, evaluation) }),
    waivers: evaluation ? await waiversOf(records, name, { name: model, path }, { author: pull.author, policy }) : [],
    ...(metrics && stage.model.evaluate.custom.length > 0 && { metricsSha: metrics.sha }),
  };
}

function countOf({ records, name, head }: StageContext, { model, dataset }: ModelStage, evaluation: Evaluation) {
  const declared = digestOf(splitIdentity(dataset, model.evaluate.split, head.tree));
  const at = { repository: name, model: model.name };
  return countEvaluation(records, at, [evaluation.holdoutDigest, declared], evaluation.candidate.digest);
}

/** Same candidate, champion, holdout and questions: same evaluation. */
function evaluationKey(stage: ModelStage, { head, metrics }: StageContext): string {
  const { model, dataset, gates, train, champion } = stage;
  return digestOf({
    evaluation: fingerprintEvaluation({
      model,
      dataset,
      gates,
      candidateDigest: train.artifact?.digest ?? '',
      ...(champion && { champion: { digest: champion.artifact.digest, model: champion.model } }),
      repeats: trainedRepeats(train).map(({ seed, artifact }) => ({ seed, digest: artifact.digest })),
      metricsTree: metrics?.tree ?? [],
    }),
    blobs: blobsOf(dataset, head.tree),
  });
}

/** A file in the repository can change without a word in the spec. */
export function blobsOf(dataset: Dataset, tree: TreeEntry[]): string[][] {
  return sourceBlobs(dataset.source.uri, tree).map(({ path, sha }) => [path, sha]);
}
