/**
 * What judges comes from the base branch, like the gates: how sure a verdict must be, where a decision is cut, what a
 * decision costs, which rows it rests on, which slices and perturbations are looked at, and whose code computes a metric
 * of the repository's own. A head that asked for less would loosen the gates.
 */

import type { Dataset, Gate, Model, SliceSpec } from '../spec/valid.ts';
import { same } from './describe-changes.ts';

export type Governed = {
  /** As it is evaluated. */
  model: Model;
  gates: Gate[];
  /** The base does not know the model: its own gates are all there is. */
  gatesProposed: boolean;
};

type Declared = { model: Model; dataset: Dataset };

export function governModel(proposed: Declared, base: Declared | undefined): Governed {
  const { model } = proposed;
  if (!base) {
    const gates = model.gates.filter((gate) => !('metric' in gate && isCustom(model, gate.metric)));
    return { model: withCustom(model, [], gates), gates, gatesProposed: true };
  }
  const { gates } = base.model;
  // For another task the base has nothing to say but that its gates have to pass.
  if (base.model.task !== model.task) return { model: withCustom(model, [], []), gates, gatesProposed: false };
  const governed = { ...model, evaluate: governedEvaluate(proposed, base) };
  return { model: withCustom(governed, base.model.evaluate.custom, gates), gates, gatesProposed: false };
}

/** What the head adds is looked at too; what it leaves out or changes stays as the base has it. */
function governedEvaluate(proposed: Declared, base: Declared): Model['evaluate'] {
  const { chooseThreshold: _, ...own } = proposed.model.evaluate;
  const { confidence, resamples, threshold, split, chooseThreshold, ...rules } = base.model.evaluate;
  const fixed = { confidence, resamples, threshold, split, ...(chooseThreshold && { chooseThreshold }) };
  const follows = canFollow(proposed.dataset, base.dataset);
  const costs = sameClasses(proposed.model, base.model) ? (rules.costs ?? own.costs) : own.costs;
  const discover = rules.discover && follows(rules.discover) ? rules.discover : own.discover;
  return {
    ...own,
    ...fixed,
    slices: united(rules.slices.filter(follows), own.slices, sliceKey),
    invariances: united(rules.invariances.filter(follows), own.invariances, ({ name }) => name),
    ...(costs && { costs }),
    ...(discover && { discover }),
  };
}

/** `gates`: whose metrics have to be computed, whether the head lists them or not. */
function withCustom(model: Model, custom: Model['evaluate']['custom'], gates: readonly Gate[]): Model {
  const known = new Set(custom.map(({ name }) => name));
  const listed = model.evaluate.metrics.filter((metric) => !isCustom(model, metric) || known.has(metric));
  const judged = gates.flatMap((gate) => ('metric' in gate ? [gate.metric] : []));
  return { ...model, evaluate: { ...model.evaluate, custom, metrics: [...new Set([...listed, ...judged, ...known])] } };
}

function isCustom({ evaluate }: Model, metric: string): boolean {
  return evaluate.custom.some(({ name }) => name === metric);
}

/**
 * Whether a rule of the base can be followed on the head's data. One that names a column that is gone, or is of another
 * type, could not; gates on it then cannot tell.
 */
function canFollow(head: Dataset, base: Dataset): (rule: object) => boolean {
  const gone = base.columns.filter(
    (old) => !head.columns.some((one) => one.name === old.name && one.type === old.type),
  );
  const names = gone.map(({ name }) => name.replace(/[^\w]/g, '\\$&'));
  if (names.length === 0) return () => true;
  const named = new RegExp(`(?<!\\w)(?:${names.join('|')})(?!\\w)`);
  return (rule) => !named.test(JSON.stringify(rule));
}

function sameClasses(head: Model, base: Model): boolean {
  return same(head.signature.output.classes, base.signature.output.classes);
}

function sliceKey(slice: SliceSpec): string {
  return slice.kind === 'where' ? `where ${slice.name}` : `${slice.kind} ${slice.column}`;
}

function united<T>(first: readonly T[], second: readonly T[], keyOf: (item: T) => string): T[] {
  const keys = new Set(first.map(keyOf));
  return [...first, ...second.filter((item) => !keys.has(keyOf(item)))];
}
