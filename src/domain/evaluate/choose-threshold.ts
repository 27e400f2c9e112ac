/** The decision threshold of a binary classifier, chosen on rows that nothing is judged on. */
import { AppError } from '../errors.ts';
import { parseMetric } from '../spec/metric-catalogue.ts';
import type { MetricName } from '../spec/valid.ts';
import {
  balancedAccuracy,
  cohenKappa,
  fBeta,
  matthews,
  ofClass,
  PRECISION,
  RECALL,
} from './metrics/confusion-metrics.ts';
import type { Margins } from './metrics/confusion-statistic.ts';
import type { ScoredRows } from './scored-rows.ts';
import { sortedOrder } from './sorted-order.ts';

type OfDecisions = (margins: Margins) => number;

const OF_DECISIONS: Readonly<Record<string, (parameter: number, costs: ScoredRows['costs']) => OfDecisions>> = {
  accuracy: () => (margins) => sum(margins.hits) / sum(margins.truth),
  balanced_accuracy: () => balancedAccuracy,
  precision: () => ofClass(PRECISION, 1),
  recall: () => ofClass(RECALL, 1),
  specificity: () => ofClass(RECALL, 0),
  f1: () => ofClass(fBeta(1), 1),
  f_beta: (beta) => ofClass(fBeta(beta), 1),
  mcc: () => matthews,
  cohen_kappa: () => cohenKappa,
  expected_cost: (_, costs) => (margins) => expectedCost(margins, costs),
};

/**
 * The threshold with which the candidate's decisions are the best: halfway between two neighbouring scores, or 0 to
 * decide every row positive. Of equally good ones the one nearest to ½, the lower of two as near. Where the metric is
 * not defined at any, the candidate's own remains.
 */
export function chooseThreshold(scored: ScoredRows, metric: MetricName, better: 'higher' | 'lower'): number {
  const { name, parameter = Number.NaN } = parseMetric(metric);
  const metricOf = OF_DECISIONS[name]?.(parameter, scored.costs);
  if (metricOf === undefined) throw new AppError('bug/invariant', `no threshold can be chosen by ${metric}`);
  const sign = better === 'higher' ? 1 : -1;
  let best = { threshold: scored.candidate.threshold, value: Number.NEGATIVE_INFINITY };
  for (const { threshold, margins } of decisionsByThreshold(scored)) {
    const value = sign * metricOf(margins);
    if (value > best.value || (value === best.value && isPreferred(threshold, best.threshold)))
      best = { threshold, value };
  }
  return best.threshold;
}

/** Every way to decide, from none positive to all; the margins are the same object each time. */
function* decisionsByThreshold({ candidate, labels, weights }: ScoredRows): Generator<{
  threshold: number;
  margins: Margins;
}> {
  const { values } = candidate;
  const order = sortedOrder(values).reverse();
  const total = new Float64Array(2);
  for (const row of order) add(total, labels[row] as number, weights?.[row] ?? 1);
  const [negatives, positives] = [total[0] as number, total[1] as number];
  const margins: Margins = { hits: new Float64Array(2), truth: total, decided: new Float64Array(2) };
  const decided = new Float64Array(2);
  // Summed from the highest score down, as the total is: equal to it, not only nearly, where no weight remains.
  for (let place = 0; place < order.length; place += 1) {
    const row = order[place] as number;
    const value = values[row] as number;
    const above = place === 0 ? 1 : (values[order[place - 1] as number] as number);
    if (above > value) {
      const [alarms, hits] = [decided[0] as number, decided[1] as number];
      yield { threshold: between(value, above), margins: fill(margins, negatives - alarms, hits, alarms + hits) };
    }
    add(decided, labels[row] as number, weights?.[row] ?? 1);
  }
  yield { threshold: 0, margins: fill(margins, 0, positives, negatives + positives) };
}

function fill(margins: Margins, correctlyNo: number, correctlyYes: number, yes: number): Margins {
  margins.hits[0] = correctlyNo;
  margins.hits[1] = correctlyYes;
  margins.decided[0] = sum(margins.truth) - yes;
  margins.decided[1] = yes;
  return margins;
}

function add(to: Float64Array, label: number, weight: number): void {
  to[label] = (to[label] as number) + weight;
}

/** Decisions are `score ≥ threshold`: halfway, and the upper one where no double lies between. */
function between(low: number, high: number): number {
  const middle = low + (high - low) / 2;
  return middle > low ? middle : high;
}

function isPreferred(threshold: number, other: number): boolean {
  const [near, far] = [Math.abs(threshold - 0.5), Math.abs(other - 0.5)];
  return near < far || (near === far && threshold < other);
}

function expectedCost({ hits, truth }: Margins, costs: ScoredRows['costs']): number {
  const [no, yes] = [hits[0] as number, hits[1] as number];
  const [alarms, misses] = [(truth[0] as number) - no, (truth[1] as number) - yes];
  const cost = (label: number, decided: number) => costs?.[label]?.[decided] ?? Number.NaN;
  return (cost(0, 0) * no + cost(0, 1) * alarms + cost(1, 0) * misses + cost(1, 1) * yes) / sum(truth);
}

function sum(values: Float64Array): number {
  return (values[0] as number) + (values[1] as number);
}
