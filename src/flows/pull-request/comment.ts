/** The decision as the one comment. Pure. */
import type { Plan } from '../../domain/plan/plan.ts';
import type { SpecProblem } from '../../domain/spec/valid.ts';
import { figure, plural } from '../../render/format.ts';
import { code, escapeText } from '../../render/markdown.ts';
import { type PullCommentModel, renderPullComment } from '../../render/pull-comment.ts';
import type { PullRecord } from '../records.ts';
import type { GateState, JudgedModel, PullDecision } from './decide.ts';
import type { PullObservation } from './observe.ts';

type Planned = Extract<PullObservation, { kind: 'planned' }>;

export function approvalsOf(decision: PullDecision): { by: string; stale: boolean }[] {
  return [
    ...decision.approvals.valid.map((one) => ({ by: one.by, stale: false })),
    ...decision.approvals.stale.map((one) => ({ by: one.by, stale: true })),
  ];
}

const NO_RECORD = { promoted: undefined, notes: [] };

export function plannedComment(observed: Planned, decision: PullDecision): string {
  const { promoted, notes } = observed.record ?? NO_RECORD;
  return renderPullComment({
    headline: headline(decision.gate, observed.plan),
    headSha: observed.pull.head.sha,
    models: decision.models.map(commentModel),
    reasons:
      decision.gate.kind === 'failed'
        ? decision.gate.reasons.map((why) => escapeText(why, 600))
        : decision.gate.kind === 'blocked'
          ? decision.gate.reasons
          : [],
    approvals: approvalsOf(decision),
    promoted: promoted?.versions ?? [],
    refused: promoted?.refused ?? [],
    notes,
  });
}

export function invalidComment(headSha: string, problems: SpecProblem[], notes: PullRecord['notes']): string {
  const errors = problems.filter((problem) => problem.level === 'error');
  return renderPullComment({
    headline: `${plural(errors.length, 'error')} in the specs`,
    headSha,
    models: [],
    reasons: errors
      .slice(0, 20)
      .map((problem) => `${code(problem.path)}, line ${problem.line}: ${escapeText(problem.message, 500)}`),
    approvals: [],
    promoted: [],
    refused: [],
    notes,
  });
}

function headline(gate: GateState, plan: Plan): string {
  switch (gate.kind) {
    case 'working':
      return 'working on it';
    case 'failed':
      return 'not to be merged';
    case 'blocked':
      return 'waiting for people';
    case 'passed':
      return plan.models.length > 0 ? 'ready to merge' : 'nothing stands against it';
  }
}

function commentModel({ stage, state, gates, verdict }: JudgedModel): PullCommentModel {
  const { evaluation } = stage.evaluate ?? {};
  return {
    name: stage.model.name,
    training: stage.train.artifact
      ? stage.train.reused
        ? '♻️ reused'
        : stage.train.sweep
          ? `✅ best of ${plural(stage.train.sweep.size.trials, 'trial')}`
          : '✅ trained'
      : state === 'train-failed'
        ? '❌ failed'
        : state === 'cancelled'
          ? 'not run'
          : state.replaceAll('-', ' '),
    evaluation: evaluation
      ? mainMetric(evaluation)
      : state === 'evaluate-failed'
        ? '❌ failed'
        : state === 'evaluating'
          ? 'evaluating'
          : 'not yet',
    gates:
      verdict === undefined
        ? 'not yet'
        : verdict === 'pass'
          ? passedText(gates)
          : verdict === 'fail'
            ? `❌ ${gates.filter((gate) => gate.verdict === 'fail').length} of ${plural(gates.length, 'gate')} failed`
            : `✋ ${plural(gates.filter((gate) => gate.verdict === 'needs-approval').length, 'gate')} of ${gates.length} for people to decide`,
  };
}

function mainMetric(evaluation: NonNullable<NonNullable<JudgedModel['stage']['evaluate']>['evaluation']>): string {
  const first = evaluation.metrics[0];
  if (!first) return 'done';
  const difference = first.difference
    ? ` (${first.difference.value >= 0 ? '+' : ''}${figure(first.difference.value)} to ${versionText(evaluation.champion?.version ?? '')})`
    : '';
  return `${first.metric} ${figure(first.candidate.value)}${difference}`;
}

function passedText(gates: JudgedModel['gates']): string {
  const waived = gates.filter(({ verdict }) => verdict === 'waived');
  const passed = `✅ ${plural(gates.length - waived.length, 'gate')} passed`;
  if (waived.length === 0) return passed;
  const by = [...new Set(waived.map(({ waiver }) => code(waiver?.by ?? '')))];
  return `${passed}, ${waived.length} waived by ${by.join(', ')}`;
}

/** What the base branch was trained to has no version number. */
const versionText = (version: string): string => (version.startsWith('base@') ? code(version) : `v${version}`);

/** Only where there is a comment already, from when the head was another. */
export function unrelatedComment(headSha: string, notes: PullRecord['notes']): string {
  return renderPullComment({
    headline: 'no model is affected any more',
    headSha,
    models: [],
    reasons: [],
    approvals: [],
    promoted: [],
    refused: [],
    notes,
  });
}
