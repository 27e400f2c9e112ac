import type { DataReport } from '../../domain/data/data-report.ts';
import type { Evaluation } from '../../domain/evaluate/evaluation.ts';
import { sourceBlobs } from '../../domain/fingerprint/data-identity.ts';
import { digestOf } from '../../domain/fingerprint/digest.ts';
import { fingerprintEvaluation } from '../../domain/fingerprint/fingerprint-evaluation.ts';
import type { Job } from '../../domain/jobs/job.ts';
import { spentInMonth } from '../../domain/jobs/month.ts';
import { buildPlan } from '../../domain/plan/build-plan.ts';
import { committedPrice, type Estimate, estimate } from '../../domain/plan/estimate.ts';
import { mayConcernUs } from '../../domain/plan/may-concern-us.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { trainingSeconds } from '../../domain/plan/training-seconds.ts';
import { POLICY_PATH, parsePolicy } from '../../domain/spec/parse-policy.ts';
import type { Dataset, Model, Policy, Repository, SpecProblem } from '../../domain/spec/valid.ts';
import type { PullRequest, RepositoryRef, TreeEntry } from '../../ports/github.ts';
import { readJson } from '../blobs.ts';
import { championOf } from '../champion.ts';
import type { FlowDeps } from '../deps.ts';
import { DATA_GENERATION, type PullRecord, type Records } from '../records.ts';
import { newestJob, progressOf } from './job-progress.ts';
import { readSnapshots } from './read-snapshots.ts';
import { artifactOf, type DatasetStage, type ModelStage, resultFile, trainingJobs } from './stage.ts';
import { stageSweep } from './stage-sweep.ts';

/** What a look at an open pull request found. */
export type PullObservation = { pull: PullRequest; record: PullRecord | undefined } & (
  | { kind: 'unrelated'; why: 'no-policy' | 'untouched' }
  | { kind: 'invalid'; problems: SpecProblem[] }
  | {
      kind: 'planned';
      plan: Plan;
      policy: Policy;
      head: Repository;
      problems: SpecProblem[];
      datasets: DatasetStage[];
      models: ModelStage[];
      /** Unfinished jobs that were started for this pull request. */
      live: Job[];
      estimate: Estimate;
    }
);

export async function observePull(
  deps: FlowDeps,
  records: Records,
  repository: RepositoryRef,
  pull: PullRequest,
  record: PullRecord | undefined,
): Promise<PullObservation> {
  const name = `${repository.owner}/${repository.name}`;
  const known = await records.repositories.get(name);
  // The policy is that of the default branch, as it is now: whoever may push can make any other branch say anything.
  const governor = `refs/heads/${known?.defaultBranch ?? pull.base.branch}`;
  const [changed, policyText] = await Promise.all([
    deps.github.pulls.changedFiles(repository, pull.number),
    readOne(deps, repository, governor, POLICY_PATH),
  ]);
  if (policyText === undefined && !(changed !== 'too-many' && changed.includes(POLICY_PATH))) {
    return { pull, record, kind: 'unrelated', why: 'no-policy' };
  }
  const base = await records.bases.get(name);
  // While it cannot be read, what it last said stays in force.
  const basePolicy =
    policyText === undefined
      ? undefined
      : (parsePolicy({ path: POLICY_PATH, text: policyText }).policy ?? base?.repository?.policy);
  if (basePolicy && !mayConcernUs(changed, basePolicy, base?.watched)) {
    return { pull, record, kind: 'unrelated', why: 'untouched' };
  }
  const snapshots = await readSnapshots(deps, repository, pull, basePolicy);
  if (!snapshots.head.repository) return { pull, record, kind: 'invalid', problems: snapshots.head.problems };
  const head = snapshots.head.repository;
  const plan = buildPlan({
    base: snapshots.base.repository && { repository: snapshots.base.repository, tree: snapshots.base.tree },
    head: { repository: head, tree: snapshots.head.tree },
  });
  const policy = basePolicy ?? head.policy;
  const governing = snapshots.governing ?? (pull.base.branch === known?.defaultBranch ? base?.repository : undefined);
  const trees = { base: snapshots.base.tree, head: snapshots.head.tree };
  const context = { deps, records, name, pull, record, policy, trees };
  const [datasets, models, live] = await Promise.all([
    Promise.all(plan.datasets.map((planned) => stageDataset(context, planned, head))),
    Promise.all(plan.models.map((planned) => stageModel(context, planned, head, governing))),
    deps.store.jobs.list({ repository: name, pull: pull.number, unfinished: true }),
  ]);
  const { problems } = snapshots.head;
  const estimated = await estimatePlan(deps, context, plan, policy, head, models);
  return { pull, record, kind: 'planned', plan, policy, head, problems, datasets, models, live, estimate: estimated };
}

async function readOne(
  deps: FlowDeps,
  repository: RepositoryRef,
  sha: string,
  path: string,
): Promise<string | undefined> {
  return (await deps.github.files.read(repository, [{ sha, path }])).get(`${sha}:${path}`);
}

type StageContext = {
  deps: FlowDeps;
  records: Records;
  name: string;
  pull: PullRequest;
  record: PullRecord | undefined;
  policy: Policy;
  trees: { base: TreeEntry[]; head: TreeEntry[] };
};

async function stageDataset(
  context: StageContext,
  planned: Plan['datasets'][number],
  head: Repository,
): Promise<DatasetStage> {
  const dataset = head.datasets.find((one) => one.name === planned.name)!;
  const { previous } = planned;
  const inputs = {
    dataset,
    blobs: blobsOf(dataset, context.trees.head),
    previous: previous ?? null,
    previousBlobs: previous ? blobsOf(previous, context.trees.base) : null,
  };
  const { key, job } = await dataJobOf(context, `data:${context.name}:${digestOf(inputs)}`);
  const digest = resultFile(job, 'data.json');
  return {
    planned,
    dataset,
    key,
    job,
    report: digest ? await readJson<DataReport>(context.deps.artifacts, digest) : undefined,
  };
}

/** A file in the repository can change without a word in the spec. */
function blobsOf(dataset: Dataset, tree: TreeEntry[]): string[][] {
  return sourceBlobs(dataset.source.uri, tree).map(({ path, sha }) => [path, sha]);
}

/** `/retrain` repeats a check that failed; one that ended holds, whoever asked for it. */
async function dataJobOf(context: StageContext, first: string): Promise<{ key: string; job: Job | undefined }> {
  const job = await newestJob(context.deps, first);
  const again = context.record?.generations[DATA_GENERATION]?.train ?? 0;
  if (again === 0 || job?.status !== 'failed') return { key: first, job };
  const key = `${first}:${again}`;
  return { key, job: await newestJob(context.deps, key) };
}

async function stageModel(
  context: StageContext,
  planned: Plan['models'][number],
  head: Repository,
  governing: Repository | undefined,
): Promise<ModelStage> {
  const { deps, records, name, record, pull } = context;
  const baseModel = governing?.models.find((one) => one.name === planned.name);
  const model = judgedAs(head.models.find((one) => one.name === planned.name)!, baseModel);
  const dataset = head.datasets.find((one) => one.name === model.dataset)!;
  const generation = record?.generations[planned.name] ?? { train: 0, evaluate: 0 };
  const trainKey = `train:${name}:${planned.fingerprint}:${generation.train}`;
  const runner = context.policy.runners.find((one) => one.name === model.train.runner);
  const train = model.train.sweep
    ? await stageSweep(deps, records, { repository: name, pull, runner }, model, trainKey)
    : await stageTraining(context, model, trainKey);
  const champion = await championOf(records, name, planned.name);
  const stage: ModelStage = {
    planned,
    model,
    dataset,
    gates: baseModel?.gates ?? model.gates,
    gatesProposed: !baseModel,
    champion,
    train,
  };
  if (train.artifact) {
    const key = `evaluate:${name}:${evaluationKey(stage, context.trees.head)}:${generation.evaluate}`;
    const job = await newestJob(deps, key);
    const evaluationDigest = resultFile(job, 'evaluation.json');
    stage.evaluate = {
      key,
      job,
      ...(await progressOf(deps, job)),
      evaluationDigest,
      referenceDigest: resultFile(job, 'reference.json'),
      evaluation: evaluationDigest ? await readJson<Evaluation>(deps.artifacts, evaluationDigest) : undefined,
    };
  }
  return stage;
}

async function stageTraining({ deps, pull }: StageContext, model: Model, key: string): Promise<ModelStage['train']> {
  const job = await newestJob(deps, key);
  return {
    key,
    job,
    reused: job !== undefined && (job.sha !== pull.head.sha || job.pull !== pull.number),
    artifact: artifactOf(job, model),
    ...(await progressOf(deps, job)),
  };
}

/**
 * How sure a verdict must be, where a decision is cut and what it rests on is the base's to say, like the gates: a head
 * that asked for less confidence would loosen them.
 */
function judgedAs(proposed: Model, base: Model | undefined): Model {
  if (!base || base.task !== proposed.task) return proposed;
  const { confidence, resamples, threshold, split } = base.evaluate;
  return { ...proposed, evaluate: { ...proposed.evaluate, confidence, resamples, threshold, split } };
}

/** Same candidate, champion, holdout and questions: same evaluation. Slice gates say which slices are asked for. */
function evaluationKey({ model, dataset, gates, train, champion }: ModelStage, tree: TreeEntry[]): string {
  const inputs = { model, dataset, candidateDigest: train.artifact?.digest ?? '' };
  const against = champion && { digest: champion.artifact.digest, model: champion.model };
  const slices = gates.filter((gate) => gate.kind === 'slice');
  return digestOf({
    evaluation: fingerprintEvaluation({ ...inputs, champion: against }),
    blobs: blobsOf(dataset, tree),
    slices,
    seed: model.train.seed,
  });
}

/** What a training takes is estimated from trainings of that long ago at most. */
const HISTORY_MS = 92 * 24 * 3_600_000;

/** From what trainings of the repository's models took before. */
async function estimatePlan(
  deps: FlowDeps,
  { name, pull }: StageContext,
  plan: Plan,
  policy: Policy,
  head: Repository,
  models: ModelStage[],
): Promise<Estimate> {
  const now = deps.clock.now();
  const past = await deps.store.jobs.list({ repository: name, since: now - HISTORY_MS });
  const history = trainingSeconds(past, head.models);
  const spent = spentInMonth(past, now);
  const reusable = new Set(models.filter(isPaid(pull)).map((stage) => stage.planned.fingerprint));
  const others = past.filter((job) => job.pull !== pull.number);
  return estimate(plan, history, policy, { reusable, spent, committed: committedPrice(others, history) });
}

/** Nothing is to be paid for any more; what this pull request has begun was judged before. */
function isPaid(pull: PullRequest): (stage: ModelStage) => boolean {
  return ({ train }) =>
    train.sweep && !train.artifact && train.sweep.step.failed === undefined
      ? trainingJobs(train).some((job) => job.pull === pull.number)
      : train.job !== undefined;
}
