/** The decision as checks. Pure. */
import type { JobStatus } from '../../domain/jobs/job.ts';
import type { SpecProblem } from '../../domain/spec/valid.ts';
import type { Annotation, CheckContent } from '../../ports/github.ts';
import { renderDataCheck, renderJobWait } from '../../render/data-check.ts';
import { evaluationPlots, renderEvaluation } from '../../render/evaluation.ts';
import { renderGateCheck } from '../../render/gate-check.ts';
import { capped, code, codeBlock, fold } from '../../render/markdown.ts';
import type { Pictures } from '../../render/pictures.ts';
import { type CheckText, renderInvalidPlan, renderPlanCheck } from '../../render/plan-check.ts';
import { approvalsOf } from './comment.ts';
import type { JudgedModel, PullDecision } from './decide.ts';
import type { PullObservation } from './observe.ts';
import type { ReportLinks } from './report-links.ts';
import type { DatasetStage } from './stage.ts';
import { repeatsEnded } from './stage-repeats.ts';
import { repeatsReason, trainingStatus, trainText } from './train-view.ts';

type Planned = Extract<PullObservation, { kind: 'planned' }>;
type Action = CheckContent['actions'][number];

const ACTIONS: Record<string, Action> = {
  cancel: { label: 'Cancel', description: 'Stop all jobs of this pull request', identifier: 'cancel' },
  retrain: { label: 'Train again', description: 'Train this model once more', identifier: 'retrain' },
  evaluate: { label: 'Evaluate again', description: 'Score candidate and champion again', identifier: 'evaluate' },
  approve: { label: 'Approve', description: 'Approve what was evaluated', identifier: 'approve' },
  hold: { label: 'Hold', description: 'Keep this from being merged', identifier: 'hold' },
  unhold: { label: 'Let go', description: 'End the hold', identifier: 'unhold' },
};

export const GATE_CHECK = 'sluice/gate';
export const PLAN_CHECK = 'sluice/plan';

export function plannedChecks(
  observed: Planned,
  decision: PullDecision,
  pictures: Pictures,
  links: ReportLinks,
): CheckContent[] {
  return [
    planCheck(observed, decision),
    ...observed.datasets.map((stage) => dataCheck(stage, decision.stopped)),
    ...decision.models.map((model) => trainCheck(observed, decision.stopped, model, pictures)),
    ...decision.models.flatMap((model) =>
      model.stage.evaluate ? [evaluateCheck(decision.stopped, model, pictures, links)] : [],
    ),
    gateCheck(observed, decision),
  ];
}

function check(
  name: string,
  text: CheckText,
  rest: Partial<CheckContent> & Pick<CheckContent, 'status'>,
): CheckContent {
  return {
    name,
    title: text.title,
    summary: capped(text.summary),
    text: text.text === undefined ? undefined : capped(text.text),
    annotations: [],
    images: [],
    actions: [],
    ...rest,
  };
}

export function annotationOf(problem: SpecProblem): Annotation {
  return {
    path: problem.path,
    startLine: problem.line,
    endLine: Math.max(problem.line, problem.endLine),
    level: problem.level === 'error' ? 'failure' : 'warning',
    message: problem.message.slice(0, 2000),
  };
}

export function invalidChecks(problems: SpecProblem[]): CheckContent[] {
  const text = renderInvalidPlan(problems);
  return [
    check(PLAN_CHECK, text, { status: 'completed', conclusion: 'failure', annotations: problems.map(annotationOf) }),
    check(
      GATE_CHECK,
      { title: text.title, summary: `See the check ${code(PLAN_CHECK)}: each error is shown on its line.` },
      { status: 'completed', conclusion: 'failure' },
    ),
  ];
}

export function unrelatedCheck(why: 'no-policy' | 'untouched'): CheckContent {
  const summary =
    why === 'no-policy'
      ? 'The base branch has no `sluice.yaml`: Sluice has nothing to decide here.'
      : 'This pull request changes no dataset, model, deployment or monitor, and no code that they are made of.';
  return check(GATE_CHECK, { title: 'No model is affected', summary }, { status: 'completed', conclusion: 'success' });
}

function planCheck(observed: Planned, decision: PullDecision): CheckContent {
  const models = decision.models.map(({ stage }) => {
    const estimated = observed.estimate.models.find((one) => one.name === stage.model.name);
    return {
      name: stage.model.name,
      fingerprint: stage.planned.fingerprint,
      change: stage.planned.change,
      reasons: [...stage.planned.reasons, ...repeatsReason(stage)],
      runner: stage.model.train.runner,
      reused: stage.train.reused,
      seconds: estimated?.basis === 'history' ? estimated.seconds : undefined,
      cost: estimated?.cost,
      sweep: stage.planned.sweep,
      gatesProposed: stage.gatesProposed,
    };
  });
  return check(PLAN_CHECK, renderPlanCheck(observed.plan, models, observed.problems, observed.estimate), {
    status: 'completed',
    conclusion: 'success',
    annotations: observed.problems.map(annotationOf),
  });
}

function dataCheck(stage: DatasetStage, stopped: PullDecision['stopped']): CheckContent {
  const name = `sluice/data: ${stage.dataset.name}`;
  if (stage.report) {
    const hidden = new Set(stage.dataset.columns.filter((column) => column.pii).map((column) => column.name));
    const broken = stage.report.violations.length > 0;
    return check(name, renderDataCheck(stage.dataset.name, stage.report, hidden), {
      status: 'completed',
      conclusion: broken ? 'failure' : 'success',
    });
  }
  const text = renderJobWait(stage.job, `Checking ${stage.dataset.name}`, 0);
  return !stage.job && stopped ? notRun(name, stopped) : waiting(name, stage.job?.status, text, []);
}

const NOT_RUN = {
  fork: {
    title: 'The head is a fork: planned, not run',
    summary: 'Code of forks is not run. Somebody who may write here can push it to a branch of this repository.',
  },
  draft: { title: 'A draft: planned, not run', summary: 'It starts when the pull request is ready for review.' },
  budget: { title: 'Over the budget: planned, not run', summary: 'The policy of the base branch sets the budget.' },
  cancelled: { title: 'Cancelled', summary: '`/retrain` starts again.' },
};

/** A check that nothing will ever follow on would look as if it were still to come. */
function notRun(name: string, stopped: NonNullable<PullDecision['stopped']>): CheckContent {
  const actions = stopped === 'cancelled' ? [ACTIONS.retrain!] : [];
  return check(name, NOT_RUN[stopped], { status: 'completed', conclusion: 'cancelled', actions });
}

function waiting(
  name: string,
  status: JobStatus | undefined,
  text: CheckText,
  images: CheckContent['images'],
): CheckContent {
  // Ended without what it was for.
  if (status === 'failed' || status === 'succeeded')
    return check(name, text, { status: 'completed', conclusion: 'failure', images, actions: [ACTIONS.retrain!] });
  if (status === 'cancelled')
    return check(name, text, { status: 'completed', conclusion: 'cancelled', images, actions: [ACTIONS.retrain!] });
  if (status === 'running') return check(name, text, { status: 'in_progress', images, actions: [ACTIONS.cancel!] });
  return check(name, text, { status: 'queued', images, actions: status ? [ACTIONS.cancel!] : [] });
}

function trainCheck(
  observed: Planned,
  stopped: PullDecision['stopped'],
  judged: JudgedModel,
  pictures: Pictures,
): CheckContent {
  const { stage, state } = judged;
  const name = `sluice/train: ${stage.model.name}`;
  const text = trainText(stage, stopped !== undefined, pictures);
  const { images } = text;
  if (stage.train.artifact && repeatsEnded(stage.train.repeats)) {
    return check(name, text, { status: 'completed', conclusion: 'success', images, actions: [ACTIONS.retrain!] });
  }
  const status = trainingStatus(stage.train);
  if (!status && stopped) return notRun(name, stopped);
  if (state === 'waiting-for-data' && hasBrokenData(observed, judged)) {
    return check(
      name,
      { title: 'Not trained: its data is not usable', summary: 'See the check of the dataset.' },
      { status: 'completed', conclusion: 'skipped' },
    );
  }
  const ended = stage.train.sweep && stopped && status !== 'failed';
  return waiting(name, ended ? 'cancelled' : status, text, images);
}

function hasBrokenData(observed: Planned, { stage }: JudgedModel): boolean {
  const data = observed.datasets.find((one) => one.dataset.name === stage.dataset.name);
  return data?.job?.status === 'failed' || (data?.report?.violations.length ?? 0) > 0;
}

function evaluateCheck(
  stopped: PullDecision['stopped'],
  { stage, gates, verdict }: JudgedModel,
  pictures: Pictures,
  links: ReportLinks,
): CheckContent {
  const name = `sluice/evaluate: ${stage.model.name}`;
  const { evaluation, evaluations, job, log, ahead } = stage.evaluate!;
  if (!evaluation) {
    const lines = log.flatMap((event) => (event.kind === 'log' ? [event.line] : []));
    const text = renderJobWait(job, 'Evaluation', ahead);
    if (!job && stopped) return notRun(name, stopped);
    return waiting(
      name,
      job?.status,
      { ...text, text: lines.length > 0 ? fold('Log', codeBlock(lines.join('\n'), 'text')) : undefined },
      [],
    );
  }
  const plots = evaluationPlots(evaluation).map((plot) => ({ name: plot.name, ...pictures.show(plot.alt, plot.svg) }));
  const text = renderEvaluation({
    evaluation,
    gates,
    model: stage.model.name,
    plots,
    ...(evaluations !== undefined && { evaluations }),
    links: links(stage.evaluate!),
  });
  return check(name, text, {
    status: 'completed',
    conclusion: verdict === 'fail' ? 'failure' : verdict === 'needs-approval' ? 'neutral' : 'success',
    actions: [ACTIONS.evaluate!],
  });
}

function gateCheck(observed: Planned, decision: PullDecision): CheckContent {
  const text = renderGateCheck({
    state: decision.gate,
    models: decision.models.map((model) => ({ name: model.stage.model.name, gates: model.gates })),
    approvals: approvalsOf(decision),
  });
  const hold = observed.record?.hold ? ACTIONS.unhold! : ACTIONS.hold!;
  if (decision.gate.kind === 'working')
    return check(GATE_CHECK, text, { status: 'in_progress', actions: [ACTIONS.cancel!] });
  if (decision.gate.kind === 'failed') return check(GATE_CHECK, text, { status: 'completed', conclusion: 'failure' });
  if (decision.gate.kind === 'passed')
    return check(GATE_CHECK, text, { status: 'completed', conclusion: 'success', actions: [hold] });
  const approvable = decision.evidenceDigest !== '' && decision.approvals.missing.length > 0;
  return check(GATE_CHECK, text, {
    status: 'completed',
    conclusion: 'action_required',
    actions: approvable ? [ACTIONS.approve!, hold] : [hold],
  });
}
