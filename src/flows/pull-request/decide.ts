/**
 * The pull request's one decision: what was observed in, what shall be true out. Pure; whoever wants to know why Sluice
 * did something on a pull request reads this file and its table test.
 */

import type { GateResult } from '../../domain/evaluate/evaluation.ts';
import { digestOf } from '../../domain/fingerprint/digest.ts';
import { judgeGates } from '../../domain/gates/judge-gates.ts';
import { isFinished, type Job, type JobTask } from '../../domain/jobs/job.ts';
import { sweepOutcome } from '../../domain/sweep/sweep-outcome.ts';
import { code } from '../../render/markdown.ts';
import type { ReadyModel } from '../records.ts';
import { type Approvals, judgeApprovals } from './judge-approvals.ts';
import type { PullObservation } from './observe.ts';
import {
  type DatasetStage,
  type JobRequest,
  type ModelStage,
  trainedModel,
  trainingJobs,
  trainingKeys,
} from './stage.ts';
import { repeatsEnded, trainedRepeats } from './stage-repeats.ts';
import { sweepJobs } from './sweep-jobs.ts';
import { trainingRequests } from './training-jobs.ts';

export type ModelState =
  | 'waiting-for-data'
  | 'queued'
  | 'training'
  | 'train-failed'
  | 'evaluating'
  | 'evaluate-failed'
  | 'cancelled'
  | 'judged';

export type JudgedModel = {
  stage: ModelStage;
  state: ModelState;
  gates: GateResult[];
  /** The same as if nothing had been waived: the evidence, which no waiver changes. */
  unwaived: GateResult[];
  verdict?: 'pass' | 'fail' | 'needs-approval';
};

export type GateState =
  | { kind: 'working'; what: string }
  | { kind: 'failed'; reasons: string[] }
  | { kind: 'blocked'; reasons: string[] }
  | { kind: 'passed' };

export type PullDecision = {
  submit: JobRequest[];
  cancel: Job[];
  models: JudgedModel[];
  gate: GateState;
  planDigest: string;
  /** Of what an approver has seen; `''` while there is nothing to approve. */
  evidenceDigest: string;
  approvals: Approvals;
  ready?: ReadyModel[];
  /** Why nothing may run. */
  stopped?: 'fork' | 'draft' | 'budget' | 'cancelled';
  /** Live jobs that this pull request waits for but did not start: look again, nobody will wake us. */
  watches: boolean;
};

type Planned = Extract<PullObservation, { kind: 'planned' }>;

export function decidePull(observed: Planned): PullDecision {
  const { pull, policy, plan } = observed;
  const why = whyStopped(observed);
  const stopped = why !== undefined;
  const models = observed.models.map((stage) => judgeModel(stage, stopped, observed.datasets));
  const wanted = stopped
    ? []
    : [
        ...observed.datasets.map(dataJob(policy.data.allow)),
        ...models.flatMap((model) => modelJobs(model, policy.data.allow)),
      ];
  const keys = new Set([
    ...observed.datasets.map((stage) => stage.key),
    ...observed.models.flatMap((stage) => [
      ...trainingKeys(stage.train),
      ...(stage.evaluate ? [stage.evaluate.key] : []),
    ]),
  ]);
  const evidenceDigest = evidenceOf(models, observed.datasets);
  const now = { headSha: pull.head.sha, planDigest: plan.digest, evidenceDigest };
  const approvals = judgeApprovals(observed, now, models);
  const gate = judgeGate(observed, models, approvals);
  return {
    submit: wanted.filter((request) => request !== undefined),
    cancel: observed.live.filter((job) => stopped || !keys.has(job.key)),
    models,
    gate,
    planDigest: plan.digest,
    evidenceDigest,
    approvals,
    ready: gate.kind === 'passed' ? models.map(readyModel) : undefined,
    stopped: why,
    watches: [
      ...observed.datasets.map((stage) => stage.job),
      ...observed.models.flatMap((stage) => [...trainingJobs(stage.train), stage.evaluate?.job]),
    ].some((job) => job !== undefined && !isFinished(job) && job.pull !== pull.number),
  };
}

function whyStopped({ pull, record, estimate }: Planned): PullDecision['stopped'] {
  if (pull.head.fromFork) return 'fork';
  if (pull.draft) return 'draft';
  if (estimate.budget.verdict === 'over') return 'budget';
  return record?.cancelled?.headSha === pull.head.sha ? 'cancelled' : undefined;
}

function dataJob(allow: string[]): (stage: DatasetStage) => JobRequest | undefined {
  return (stage) =>
    stage.job
      ? undefined
      : {
          key: stage.key,
          runner: 'local',
          task: { kind: 'data', dataset: stage.dataset, previous: stage.planned.previous, allow },
        };
}

function modelJobs({ stage, state }: JudgedModel, allow: string[]): JobRequest[] {
  if (state === 'queued' || state === 'training') {
    return stage.train.sweep ? sweepJobs(stage, allow) : trainingRequests(stage, allow);
  }
  if (state === 'evaluating' && stage.evaluate && !stage.evaluate.job && stage.train.artifact) {
    const { metricsSha } = stage.evaluate;
    const repeats = trainedRepeats(stage.train);
    const task: JobTask = {
      kind: 'evaluate',
      // Gates of the base decide which figures are asked for, so the evaluator gets the gates that govern.
      model: { ...trainedModel(stage), gates: stage.gates },
      dataset: stage.dataset,
      allow,
      candidate: stage.train.artifact,
      champion: stage.champion,
      ...(repeats.length > 0 && { repeats }),
      ...(metricsSha !== undefined && { metricsSha }),
    };
    return [{ key: stage.evaluate.key, runner: stage.model.train.runner, task }];
  }
  return [];
}

function judgeModel(stage: ModelStage, stopped: boolean, datasets: DatasetStage[]): JudgedModel {
  const state = stateOf(stage, stopped, datasets);
  const { evaluation, evaluations = 1, waivers = [] } = stage.evaluate ?? {};
  if (state !== 'judged' || !evaluation) return { stage, state, gates: [], unwaived: [] };
  const { results, verdict } = judgeGates(stage.gates, evaluation, { evaluations, waivers });
  const unwaived = judgeGates(stage.gates, evaluation, { evaluations, waivers: [] }).results;
  return { stage, state, gates: results, unwaived, verdict };
}

function stateOf(stage: ModelStage, stopped: boolean, datasets: DatasetStage[]): ModelState {
  const { train, evaluate } = stage;
  if (evaluate?.evaluation && evaluate.referenceDigest) return 'judged';
  // Ended without a report: nothing would ever come of waiting for one.
  if (evaluate?.job?.status === 'failed' || evaluate?.job?.status === 'succeeded') return 'evaluate-failed';
  if (train.sweep ? train.sweep.step.failed !== undefined : train.job?.status === 'failed') return 'train-failed';
  if (stopped || train.job?.status === 'cancelled' || evaluate?.job?.status === 'cancelled') return 'cancelled';
  if (train.artifact && repeatsEnded(train.repeats)) return 'evaluating';
  const data = datasets.find((one) => one.dataset.name === stage.dataset.name);
  // Training on data that breaks its own rules is money spent on nothing.
  const usable = !data || data.report?.violations.length === 0;
  const begun = trainingJobs(train);
  if (!usable && (begun.length === 0 || train.sweep || train.artifact)) return 'waiting-for-data';
  if (begun.some((job) => job.status !== 'queued')) return 'training';
  return 'queued';
}

function evidenceOf(models: JudgedModel[], datasets: DatasetStage[]): string {
  if (models.some((model) => model.state !== 'judged') || datasets.some((stage) => !stage.report)) return '';
  return digestOf({
    models: models.map((model) => ({
      name: model.stage.model.name,
      artifact: model.stage.train.artifact?.digest ?? null,
      evaluation: model.stage.evaluate?.evaluationDigest ?? null,
      gates: model.unwaived,
    })),
    datasets: datasets.map((stage) => stage.report ?? null),
  });
}

function judgeGate(observed: Planned, models: JudgedModel[], approvals: Approvals): GateState {
  const { pull, record, datasets } = observed;
  const failed = [
    ...datasets.flatMap((stage) => (stage.report?.violations ?? []).map((why) => `data ${stage.dataset.name}: ${why}`)),
    ...datasets.flatMap((stage) =>
      stage.job?.status === 'failed' || (stage.job?.status === 'succeeded' && !stage.report)
        ? [`data ${stage.dataset.name}: ${stage.job.error?.message ?? 'could not be read'}`]
        : [],
    ),
    ...models.flatMap(failureOf),
  ];
  if (failed.length > 0) return { kind: 'failed', reasons: failed };
  if (pull.head.fromFork && (models.length > 0 || datasets.length > 0)) {
    return { kind: 'blocked', reasons: ['The head is a fork: its code is planned, not run.'] };
  }
  const unfinished = [...datasets.filter(({ report }) => !report), ...models.filter(({ state }) => state !== 'judged')];
  if (pull.draft && unfinished.length > 0) {
    return { kind: 'blocked', reasons: ['A draft is planned, not run. It starts when it is ready for review.'] };
  }
  if (observed.estimate.budget.verdict === 'over') {
    return {
      kind: 'blocked',
      reasons: [`Over the budget: ${observed.estimate.budget.reason}. The policy of the base branch sets it.`],
    };
  }
  const open = [
    ...datasets.filter((stage) => !stage.report).map((stage) => `checking data ${stage.dataset.name}`),
    ...models.filter((model) => model.state !== 'judged').map((model) => `${model.state} ${model.stage.model.name}`),
  ];
  if (open.length > 0 && (whyStopped(observed) === 'cancelled' || models.some(({ state }) => state === 'cancelled'))) {
    const by = record?.cancelled ? ` by ${code(record.cancelled.by)}` : '';
    return { kind: 'blocked', reasons: [`Cancelled${by}; \`/retrain\` starts again.`] };
  }
  if (open.length > 0) return { kind: 'working', what: open.join(', ') };
  const blocked = [
    ...(record?.hold
      ? [
          `On hold by ${code(record.hold.by)}${record.hold.reason ? `: ${code(record.hold.reason)}` : ''}; \`/unhold\` lets it go.`,
        ]
      : []),
    ...approvals.missing,
  ];
  return blocked.length > 0 ? { kind: 'blocked', reasons: blocked } : { kind: 'passed' };
}

function failureOf(model: JudgedModel): string[] {
  const { stage, state } = model;
  const name = stage.model.name;
  if (state === 'train-failed') return [`${name}: training failed: ${whyFailed(stage.train)}`];
  if (state === 'evaluate-failed')
    return [`${name}: evaluation failed: ${stage.evaluate?.job?.error?.message ?? 'unknown reason'}`];
  if (model.verdict !== 'fail') return [];
  // A gate that cannot tell blocks like one that failed, unless its spec leaves that to a person.
  return model.gates
    .filter((gate) => gate.verdict === 'fail' || gate.verdict === 'cannot-tell')
    .map((gate) => `${name}: ${gate.gate}: ${gate.evidence}`);
}

function whyFailed({ job, sweep }: ModelStage['train']): string {
  return sweep?.step.failed ?? job?.error?.message ?? 'unknown reason';
}

function readyModel(model: JudgedModel): ReadyModel {
  const { stage, gates } = model;
  return {
    name: stage.model.name,
    fingerprint: stage.planned.fingerprint,
    parts: stage.planned.parts,
    model: trainedModel(stage),
    dataset: stage.dataset,
    artifact: stage.train.artifact!,
    evaluationDigest: stage.evaluate!.evaluationDigest!,
    referenceDigest: stage.evaluate!.referenceDigest!,
    gates,
    champion: stage.champion?.version,
    ...(stage.train.sweep && { sweep: sweepOutcome(stage.train.sweep.spec, stage.train.sweep.step) }),
  };
}
