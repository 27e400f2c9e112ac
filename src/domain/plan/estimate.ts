import { isFinished, type Job } from '../jobs/job.ts';
import type { MonthSpent } from '../jobs/month.ts';
import type { Policy } from '../spec/valid.ts';
import type { Plan, PlannedModel } from './plan.ts';

export type ModelEstimate = {
  name: string;
  /**
   * Expected seconds of training; without history the timeout, which it cannot exceed. Of a sweep and of repeats those
   * of all trainings together; one with a part of the resource of a halving counts as that part.
   */
  seconds: number;
  /** In the price unit of the runners. */
  cost: number;
  /** `reused`: there is a run with this fingerprint already. */
  basis: 'history' | 'timeout' | 'reused';
};

export type Estimate = {
  models: ModelEstimate[];
  /** One after the other. */
  seconds: number;
  cost: number;
  /** Of this repository, before this plan. */
  spent?: MonthSpent;
  budget: { verdict: 'within' } | { verdict: 'over'; reason: string };
};

/**
 * Expected time and cost. `history`: seconds that the last training of a model took (with all of the resource, where
 * there is a sweep by halving). `trained`: how many trainings of a fingerprint there are already; of a sweep any number
 * stands for all. `spent`: what the present month
 * has cost so far. `committed`: what trainings that are under way for others will cost.
 */
export function estimate(
  plan: Plan,
  history: ReadonlyMap<string, number>,
  policy: Policy,
  known: { trained?: ReadonlyMap<string, number>; spent?: MonthSpent; committed?: number } = {},
): Estimate {
  const models = plan.models.map((model): ModelEstimate => {
    const { name, runner, timeoutSeconds } = model;
    const left = trainingsLeft(model, known.trained?.get(model.fingerprint) ?? 0);
    if (left === 0) return { name, seconds: 0, cost: 0, basis: 'reused' };
    const past = history.get(name);
    const seconds = Math.min(past ?? timeoutSeconds, timeoutSeconds) * left;
    const price = policy.runners.find((candidate) => candidate.name === runner)?.pricePerHour ?? 0;
    return { name, seconds, cost: (seconds / 3_600) * price, basis: past === undefined ? 'timeout' : 'history' };
  });
  const total = (of: (model: ModelEstimate) => number): number => models.reduce((sum, model) => sum + of(model), 0);
  const cost = total((model) => model.cost);
  return {
    models,
    seconds: total((model) => model.seconds),
    cost,
    ...(known.spent && { spent: known.spent }),
    budget: judge(cost, policy, (known.spent?.total.price ?? 0) + (known.committed ?? 0)),
  };
}

/** How many whole trainings are still to be paid for. */
function trainingsLeft({ parts, sweep, repeats = 1 }: PlannedModel, trained: number): number {
  if (sweep) return trained > 0 || !(parts.code || parts.data || parts.params) ? 0 : sweep.work;
  // What the base has is one training, where only how it is judged has changed.
  const own = parts.code || parts.data || parts.params ? trained : Math.max(trained, 1);
  return Math.max(0, repeats - own);
}

/** Price of the trainings under way, as far as their running attempts are not paid yet. */
export function committedPrice(jobs: readonly Job[], history: ReadonlyMap<string, number>): number {
  return jobs.reduce((sum, job) => {
    if (job.task.kind !== 'train' || isFinished(job)) return sum;
    const { name, train } = job.task.model;
    const seconds = Math.min(history.get(name) ?? train.resources.timeoutSeconds, train.resources.timeoutSeconds);
    return sum + (seconds / 3_600) * (job.place?.pricePerHour ?? 0);
  }, 0);
}

function judge(cost: number, policy: Policy, spent: number): Estimate['budget'] {
  const { perPullRequest, perMonth } = policy.budget;
  if (cost === 0) return { verdict: 'within' };
  if (perPullRequest !== undefined && cost > perPullRequest) {
    return { verdict: 'over', reason: `${round(cost)} is more than ${perPullRequest} a pull request` };
  }
  if (perMonth !== undefined && spent + cost > perMonth) {
    return { verdict: 'over', reason: `${round(cost)} on top of ${round(spent)} is more than ${perMonth} a month` };
  }
  return { verdict: 'within' };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
