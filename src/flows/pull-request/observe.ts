import type { DataReport } from '../../domain/data/data-report.ts';
import { digestOf } from '../../domain/fingerprint/digest.ts';
import type { Job } from '../../domain/jobs/job.ts';
import { spentInMonth } from '../../domain/jobs/month.ts';
import { buildPlan } from '../../domain/plan/build-plan.ts';
import { committedPrice, type Estimate, estimate } from '../../domain/plan/estimate.ts';
import { mayConcernUs } from '../../domain/plan/may-concern-us.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { trainingSeconds } from '../../domain/plan/training-seconds.ts';
import { POLICY_PATH, parsePolicy } from '../../domain/spec/parse-policy.ts';
import type { Policy, Repository, SpecProblem } from '../../domain/spec/valid.ts';
import type { PullRequest, RepositoryRef } from '../../ports/github.ts';
import { readJson } from '../blobs.ts';
import type { FlowDeps } from '../deps.ts';
import { DATA_GENERATION, type PullRecord, type Records } from '../records.ts';
import { newestJob } from './job-progress.ts';
import { readSnapshots } from './read-snapshots.ts';
import { type DatasetStage, type ModelStage, resultFile, trainingJobs } from './stage.ts';
import { blobsOf, type StageContext, stageModel } from './stage-model.ts';

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
  const context: StageContext = {
    ...{ deps, records, name, pull, record, policy, governing },
    head: { repository: head, tree: snapshots.head.tree },
    base: snapshots.base,
    metrics: await readMetrics(deps, repository, pull, plan, governing),
  };
  const [datasets, models, live] = await Promise.all([
    Promise.all(plan.datasets.map((planned) => stageDataset(context, planned))),
    Promise.all(plan.models.map((planned) => stageModel(context, planned))),
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

/** Two calls more where the base has custom metrics for a planned model: the commit that they are computed from. */
async function readMetrics(
  deps: FlowDeps,
  repository: RepositoryRef,
  pull: PullRequest,
  plan: Plan,
  governing: Repository | undefined,
): Promise<StageContext['metrics']> {
  const names = new Set(plan.models.map(({ name }) => name));
  const custom = governing?.models.some((model) => names.has(model.name) && model.evaluate.custom.length > 0);
  const sha = custom ? await deps.github.files.branchHead(repository, pull.base.branch) : undefined;
  return sha === undefined ? undefined : { sha, tree: await deps.github.files.tree(repository, sha) };
}

async function stageDataset(context: StageContext, planned: Plan['datasets'][number]): Promise<DatasetStage> {
  const { head, base } = context;
  const dataset = head.repository.datasets.find((one) => one.name === planned.name)!;
  const { previous } = planned;
  const inputs = {
    dataset,
    blobs: blobsOf(dataset, head.tree),
    previous: previous ?? null,
    previousBlobs: previous ? blobsOf(previous, base.tree) : null,
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

/** `/retrain` repeats a check that failed; one that ended holds, whoever asked for it. */
async function dataJobOf(context: StageContext, first: string): Promise<{ key: string; job: Job | undefined }> {
  const job = await newestJob(context.deps, first);
  const again = context.record?.generations[DATA_GENERATION]?.train ?? 0;
  if (again === 0 || job?.status !== 'failed') return { key: first, job };
  const key = `${first}:${again}`;
  return { key, job: await newestJob(context.deps, key) };
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
  const trained = new Map(models.map((stage) => [stage.planned.fingerprint, trainingsBegun(stage, pull)]));
  const others = past.filter((job) => job.pull !== pull.number);
  return estimate(plan, history, policy, { trained, spent, committed: committedPrice(others, history) });
}

/** What nothing is to be paid for any more; what this pull request has begun was judged before. */
function trainingsBegun({ train }: ModelStage, pull: PullRequest): number {
  const unfinishedSweep = train.sweep && !train.artifact && train.sweep.step.failed === undefined;
  const paid = trainingJobs(train).filter((job) => !unfinishedSweep || job.pull === pull.number);
  return paid.length;
}
