import type { Evaluation } from '../../domain/evaluate/evaluation.ts';
import { digestOf } from '../../domain/fingerprint/digest.ts';
import { fingerprintEvaluation } from '../../domain/fingerprint/fingerprint-evaluation.ts';
import type { Job, JobEvent } from '../../domain/jobs/job.ts';
import { buildPlan } from '../../domain/plan/build-plan.ts';
import { type Estimate, estimate } from '../../domain/plan/estimate.ts';
import { mayConcernUs } from '../../domain/plan/may-concern-us.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { POLICY_PATH, parsePolicy } from '../../domain/spec/parse-policy.ts';
import { specPaths } from '../../domain/spec/spec-paths.ts';
import type { Policy, Repository, SpecProblem } from '../../domain/spec/valid.ts';
import { validateRepository } from '../../domain/spec/validate-repository.ts';
import type { DataReport } from '../../ports/dataset.ts';
import type { PullRequest, RepositoryRef, TreeEntry } from '../../ports/github.ts';
import { readJson } from '../blobs.ts';
import { championOf } from '../champion.ts';
import type { FlowDeps } from '../deps.ts';
import type { PullRecord, Records } from '../records.ts';
import { artifactOf, type DatasetStage, type ModelStage, resultFile } from './stage.ts';

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
  const changed = await deps.github.pulls.changedFiles(repository, pull.number);
  const policyText = await readOne(deps, repository, pull.base.sha, POLICY_PATH);
  if (policyText === undefined && !(changed !== 'too-many' && changed.includes(POLICY_PATH))) {
    return { pull, record, kind: 'unrelated', why: 'no-policy' };
  }
  const base = await records.bases.get(name);
  const basePolicy = policyText === undefined ? undefined : parsePolicy({ path: POLICY_PATH, text: policyText }).policy;
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
  const context = { deps, records, name, pull, record, policy };
  const [datasets, models, live] = await Promise.all([
    Promise.all(plan.datasets.map((planned) => stageDataset(context, planned, head))),
    Promise.all(plan.models.map((planned) => stageModel(context, planned, head, snapshots.governing))),
    deps.store.jobs.list({ repository: name, pull: pull.number, unfinished: true }),
  ]);
  const { problems } = snapshots.head;
  const estimated = await estimatePlan(deps, name, plan, policy, models);
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

type Snapshot = { tree: TreeEntry[]; repository?: Repository; problems: SpecProblem[] };

/**
 * The merge base (what the pull request changes), the head (what it proposes) and the tip of the base branch (whose
 * gates govern): two trees and one call for all files, however many there are.
 */
async function readSnapshots(
  deps: FlowDeps,
  repository: RepositoryRef,
  pull: PullRequest,
  basePolicy: Policy | undefined,
): Promise<{ base: Snapshot; head: Snapshot; governing?: Repository }> {
  const from = await deps.github.pulls.mergeBase(repository, pull.base.sha, pull.head.sha);
  const [baseTree, headTree] = await Promise.all([
    deps.github.files.tree(repository, from),
    deps.github.files.tree(repository, pull.head.sha),
  ]);
  const texts = await readAllSpecs(deps, repository, pull, { from, baseTree, headTree, basePolicy });
  const head = snapshotOf(texts(pull.head.sha), headTree, basePolicy);
  const base = snapshotOf(texts(from), baseTree, undefined);
  const tip = from === pull.base.sha ? base : snapshotOf(texts(pull.base.sha), baseTree, undefined);
  return { base, head, governing: tip.repository };
}

async function readAllSpecs(
  deps: FlowDeps,
  repository: RepositoryRef,
  pull: PullRequest,
  known: { from: string; baseTree: TreeEntry[]; headTree: TreeEntry[]; basePolicy: Policy | undefined },
): Promise<(sha: string) => Map<string, string>> {
  const yaml = (tree: TreeEntry[]) =>
    tree.map((entry) => entry.path).filter((path) => path === POLICY_PATH || /\.ya?ml$/.test(path));
  const wanted = (paths: string[]) => (known.basePolicy ? [POLICY_PATH, ...specPaths(known.basePolicy, paths)] : paths);
  const basePaths = wanted(yaml(known.baseTree));
  const headPaths = wanted(yaml(known.headTree));
  const requests = [
    ...headPaths.map((path) => ({ sha: pull.head.sha, path })),
    ...basePaths.map((path) => ({ sha: known.from, path })),
    ...(known.from === pull.base.sha ? [] : basePaths.map((path) => ({ sha: pull.base.sha, path }))),
  ];
  const answer = await deps.github.files.read(repository, requests);
  return (sha) =>
    new Map(
      requests
        .filter((request) => request.sha === sha)
        .flatMap((request) => {
          const text = answer.get(`${sha}:${request.path}`);
          return text === undefined ? [] : [[request.path, text] as const];
        }),
    );
}

/** The head is judged under the policy of the base: what it may name, where its data may lie. */
function snapshotOf(texts: Map<string, string>, tree: TreeEntry[], governing: Policy | undefined): Snapshot {
  const policyText = texts.get(POLICY_PATH);
  const own = policyText === undefined ? { problems: [] } : parsePolicy({ path: POLICY_PATH, text: policyText });
  const policy = governing ?? own.policy;
  if (!policy) return { tree, problems: own.problems };
  const files = new Map([...texts].filter(([path]) => specPaths(policy, [path]).length > 0));
  const valid = validateRepository({ policy, files });
  const problems = [...own.problems, ...valid.problems];
  if (!valid.repository || own.problems.some((problem) => problem.level === 'error')) return { tree, problems };
  return { tree, problems, repository: { ...valid.repository, policy: own.policy ?? policy } };
}

type StageContext = {
  deps: FlowDeps;
  records: Records;
  name: string;
  pull: PullRequest;
  record: PullRecord | undefined;
  policy: Policy;
};

async function stageDataset(
  context: StageContext,
  planned: Plan['datasets'][number],
  head: Repository,
): Promise<DatasetStage> {
  const dataset = head.datasets.find((one) => one.name === planned.name)!;
  const key = `data:${context.name}:${digestOf({ dataset, previous: planned.previous ?? null })}`;
  const job = await newestJob(context.deps, key);
  const digest = resultFile(job, 'data.json');
  return {
    planned,
    dataset,
    key,
    job,
    report: digest ? await readJson<DataReport>(context.deps.artifacts, digest) : undefined,
  };
}

async function stageModel(
  context: StageContext,
  planned: Plan['models'][number],
  head: Repository,
  governing: Repository | undefined,
): Promise<ModelStage> {
  const { deps, records, name, record, pull } = context;
  const model = head.models.find((one) => one.name === planned.name)!;
  const dataset = head.datasets.find((one) => one.name === model.dataset)!;
  const baseModel = governing?.models.find((one) => one.name === planned.name);
  const generation = record?.generations[planned.name] ?? { train: 0, evaluate: 0 };
  const trainKey = `train:${name}:${planned.fingerprint}:${generation.train}`;
  const trainJob = await newestJob(deps, trainKey);
  const artifact = artifactOf(trainJob, model);
  const champion = await championOf(records, name, planned.name);
  const stage: ModelStage = {
    planned,
    model,
    dataset,
    gates: baseModel?.gates ?? model.gates,
    gatesProposed: !baseModel,
    champion,
    train: {
      key: trainKey,
      job: trainJob,
      reused: trainJob !== undefined && (trainJob.sha !== pull.head.sha || trainJob.pull !== pull.number),
      artifact,
      ...(await progressOf(deps, trainJob)),
    },
  };
  if (artifact) {
    const key = `evaluate:${name}:${evaluationKey(stage)}:${generation.evaluate}`;
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

/** Same candidate, champion, holdout and questions: same evaluation. Slice gates say which slices are asked for. */
function evaluationKey({ model, dataset, gates, train, champion }: ModelStage): string {
  const inputs = { model, dataset, candidateDigest: train.artifact?.digest ?? '' };
  const against = champion && { digest: champion.artifact.digest, model: champion.model };
  const slices = gates.filter((gate) => gate.kind === 'slice');
  return digestOf({
    evaluation: fingerprintEvaluation({ ...inputs, champion: against }),
    slices,
    seed: model.train.seed,
  });
}

/** A cancelled job is no answer: another head may want the same inputs and start anew. */
async function newestJob(deps: FlowDeps, key: string): Promise<Job | undefined> {
  const jobs = (await deps.store.jobs.list({ key })).filter((job) => job.status !== 'cancelled');
  return jobs.sort((a, b) => a.createdAt - b.createdAt).at(-1);
}

async function progressOf(
  deps: FlowDeps,
  job: Job | undefined,
): Promise<{ log: JobEvent[]; curve: JobEvent[]; ahead: number }> {
  if (!job) return { log: [], curve: [], ahead: 0 };
  const [log, curve] = await Promise.all([
    deps.store.jobs.events(job.id, { kind: 'log', last: 40 }),
    deps.store.jobs.events(job.id, { kind: 'metric' }),
  ]);
  const ahead =
    job.status === 'queued'
      ? (await deps.store.jobs.list({ unfinished: true })).filter(
          (other) => other.runner === job.runner && other.createdAt < job.createdAt,
        ).length
      : 0;
  return { log, curve: curve.filter((event) => event.attempt === job.attempt), ahead };
}

/** From what trainings of the repository's models took before. */
async function estimatePlan(
  deps: FlowDeps,
  name: string,
  plan: Plan,
  policy: Policy,
  models: ModelStage[],
): Promise<Estimate> {
  const past = (await deps.store.jobs.list({ repository: name })).flatMap(trained);
  const history = new Map(past.map((one) => [one.model, one.seconds]));
  const month = new Date(deps.clock.now()).toISOString().slice(0, 7);
  const price = (runner: string) => policy.runners.find((one) => one.name === runner)?.pricePerHour ?? 0;
  const spentThisMonth = past
    .filter((one) => new Date(one.at).toISOString().startsWith(month))
    .reduce((sum, one) => sum + (one.seconds / 3600) * price(one.runner), 0);
  const reusable = new Set(models.filter((stage) => stage.train.job).map((stage) => stage.planned.fingerprint));
  return estimate(plan, history, policy, { reusable, spentThisMonth });
}

function trained(job: Job): { model: string; runner: string; seconds: number; at: number }[] {
  if (job.task.kind !== 'train' || !job.startedAt || !job.finishedAt) return [];
  return [
    {
      model: job.task.model.name,
      runner: job.runner,
      seconds: (job.finishedAt - job.startedAt) / 1000,
      at: job.finishedAt,
    },
  ];
}
