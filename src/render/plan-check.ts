import type { Estimate } from '../domain/plan/estimate.ts';
import type { Plan } from '../domain/plan/plan.ts';
import type { SpecProblem } from '../domain/spec/valid.ts';
import type { SweepSize } from '../domain/sweep/sweep-size.ts';
import { plural, seconds, short, spentText } from './format.ts';
import { code, escapeText, table } from './markdown.ts';

export type PlanCheckModel = {
  name: string;
  fingerprint: string;
  change: string;
  reasons: string[];
  runner: string;
  /** A finished or running training of the same fingerprint. */
  reused: boolean;
  /** Seconds that the last training took; undefined before the first. */
  seconds?: number;
  cost?: number;
  sweep?: SweepSize;
  /** The gates are the head's own: the base does not know the model. */
  gatesProposed: boolean;
};

export type CheckText = { title: string; summary: string; text?: string };

/** What will happen for this pull request, and why. */
export function renderPlanCheck(
  plan: Plan,
  models: PlanCheckModel[],
  problems: SpecProblem[],
  estimate: Estimate,
): CheckText {
  const parts = [
    plan.policyChanged
      ? '**The policy changes.** The policy of the base branch governs this pull request; its owners have to agree to the new one.'
      : '',
    modelTable(models),
    changes('Datasets', plan.datasets),
    changes('Deployments', plan.deployments),
    changes('Monitors', plan.monitors),
    plan.removed.length > 0
      ? `**Removed:** ${plan.removed.map((one) => `${one.kind.toLowerCase()} ${code(one.name)}`).join(', ')}`
      : '',
    monthLine(estimate),
    [...plan.warnings, ...problems.filter((one) => one.level === 'warning').map((one) => `${one.path}: ${one.message}`)]
      .map((warning) => `> Warning: ${escapeText(warning, 500)}`)
      .join('\n'),
  ];
  return {
    title: planTitle(plan, models),
    summary: parts.filter((part) => part !== '').join('\n\n') || 'Nothing to do.',
  };
}

function planTitle(plan: Plan, models: PlanCheckModel[]): string {
  if (plan.empty) return 'Nothing of a model changes';
  const train = models.filter((model) => !model.reused).length;
  const said = [
    train > 0 ? `${plural(train, 'model')} to train` : '',
    models.length - train > 0 ? `${plural(models.length - train, 'training')} reused` : '',
    plan.datasets.length > 0 ? `${plural(plan.datasets.length, 'dataset')} to check` : '',
  ].filter((part) => part !== '');
  return said.length > 0 ? said.join(', ') : 'No model to train';
}

function modelTable(models: PlanCheckModel[]): string {
  if (models.length === 0) return '';
  const rows = models.map((model) => [
    code(model.name),
    [...model.reasons, ...sweepText(model)].map((reason) => escapeText(reason)).join('<br>'),
    model.reused ? 'reused' : code(model.runner),
    model.reused ? 'none' : model.seconds === undefined ? 'not known yet' : `about ${seconds(model.seconds)}`,
    model.reused || !model.cost ? '0' : model.cost.toFixed(2),
    code(short(model.fingerprint)),
  ]);
  const note = models.some((model) => model.gatesProposed)
    ? '\n\nThe base branch has no gates for a new model yet: those proposed here are used.'
    : '';
  return `${table(['Model', 'Why', 'Runner', 'Time', 'Price', 'Fingerprint'], rows, 'lllrrl')}${note}`;
}

/** `sweep: 12 trials, successive halving over epochs 2 → 16: 23 trainings`. */
function sweepText({ sweep, reused }: PlanCheckModel): string[] {
  if (!sweep || reused) return [];
  return [`sweep: ${sweep.text}${sweep.runs > sweep.trials ? `: ${plural(sweep.runs, 'training')}` : ''}`];
}

/** What the plan comes on top of. */
function monthLine({ spent }: Estimate): string {
  if (!spent || spent.total.seconds === 0) return '';
  const models = spent.models.slice(0, 5).map((one) => `${code(one.name)} ${spentText(one.spent)}`);
  const rest = spent.models.length > 5 ? `, ${plural(spent.models.length - 5, 'model')} more` : '';
  return `Spent in ${spent.month}: ${spentText(spent.total)}${models.length > 0 ? ` (${models.join(', ')}${rest})` : ''}.`;
}

function changes(title: string, list: { name: string; change: string; reasons: string[] }[]): string {
  if (list.length === 0) return '';
  const lines = list.map(
    (one) =>
      `- ${code(one.name)} (${one.change})${one.reasons.length > 0 ? `: ${one.reasons.map((why) => escapeText(why)).join('; ')}` : ''}`,
  );
  return `**${title}**\n\n${lines.join('\n')}`;
}

export function renderInvalidPlan(problems: SpecProblem[]): CheckText {
  const errors = problems.filter((problem) => problem.level === 'error');
  const rows = errors
    .slice(0, 50)
    .map((problem) => [`${code(problem.path)}:${problem.line}`, escapeText(problem.message, 500)]);
  const more = errors.length > 50 ? `\n\n${plural(errors.length - 50, 'error')} more are not listed.` : '';
  return {
    title: `${plural(errors.length, 'error')} in the specs`,
    summary: `${table(['Where', 'What'], rows)}${more}\n\nThe same on your machine: \`sluice validate\`.`,
  };
}
