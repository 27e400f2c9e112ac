import { sourceBlobs } from '../fingerprint/data-identity.ts';
import { digestOf } from '../fingerprint/digest.ts';
import type { Repository } from '../spec/valid.ts';
import { describeChanges, same } from './describe-changes.ts';
import type { Plan, PlannedThing, RemovedThing, Snapshot } from './plan.ts';
import { dataReasons, planModel } from './plan-model.ts';
import { planWarnings } from './plan-warnings.ts';

/** What the head means to change, in the order of the graph: dataset → models → deployments → monitors. */
export function buildPlan({ base, head }: { base?: Snapshot; head: Snapshot }): Plan {
  const datasets = planDatasets(head, base);
  const changedPaths = base ? differingPaths(base.tree, head.tree) : [];
  const models = head.repository.models.flatMap((model) => planModel(model, head, base, changedPaths) ?? []);
  // A change of the evaluation alone makes no new version, so nothing is rolled out.
  const released = models.filter(({ parts }) => parts.code || parts.data || parts.params || parts.signature);
  const deployments = planThings(head.repository.deployments, base?.repository.deployments, ({ model, after }) => [
    ...released.filter(({ name }) => name === model).map(({ name }) => `model ${name} changes`),
    ...released.filter(({ name }) => name === model && after !== undefined).map(() => `after ${after}`),
  ]);
  const changing = new Set(deployments.map(({ name }) => name));
  const monitors = planThings(head.repository.monitors, base?.repository.monitors, ({ deployment }) =>
    changing.has(deployment) ? [`deployment ${deployment} changes`] : [],
  );
  const removed = base ? removedThings(base.repository, head.repository) : [];
  const policyChanged = isPolicyChanged(head, base);
  const planned = { datasets, models, deployments, monitors, removed };
  return {
    digest: planDigest(planned, policyChanged, head),
    empty: !policyChanged && Object.values(planned).every(({ length }) => length === 0),
    policyChanged,
    ...planned,
    warnings: planWarnings(models, head, base),
  };
}

function differingPaths(before: Snapshot['tree'], after: Snapshot['tree']): string[] {
  const key = ({ path, mode, sha }: Snapshot['tree'][number]) => `${mode} ${sha} ${path}`;
  const [old, now] = [new Set(before.map(key)), new Set(after.map(key))];
  const differing = [
    ...before.filter((entry) => !now.has(key(entry))),
    ...after.filter((entry) => !old.has(key(entry))),
  ];
  return [...new Set(differing.map(({ path }) => path))];
}

function planDatasets(head: Snapshot, base: Snapshot | undefined): Plan['datasets'] {
  return head.repository.datasets.flatMap((dataset): Plan['datasets'] => {
    const { name, path } = dataset;
    const previous = base?.repository.datasets.find((other) => other.name === name);
    if (!base || !previous) return [{ name, path, change: 'new', reasons: ['new dataset'] }];
    const reasons = dataReasons({ dataset: previous, tree: base.tree }, { dataset, tree: head.tree });
    return reasons.length === 0 ? [] : [{ name, path, change: 'changed', reasons, previous }];
  });
}

function planThings<T extends { name: string; path: string }>(
  now: readonly T[],
  before: readonly T[] | undefined,
  upstream: (thing: T) => string[],
): PlannedThing[] {
  return now.flatMap((thing): PlannedThing[] => {
    const { name, path } = thing;
    const previous = before?.find((other) => other.name === name);
    if (!previous) return [{ name, path, change: 'new', reasons: [`new ${nounOf(thing)}`] }];
    const own = describeChanges(withoutPath(previous), withoutPath(thing));
    const reasons = [...own, ...upstream(thing)];
    return reasons.length === 0 ? [] : [{ name, path, change: own.length > 0 ? 'changed' : 'affected', reasons }];
  });
}

function nounOf(thing: object): string {
  return 'kind' in thing ? String(thing.kind).toLowerCase() : 'thing';
}

function withoutPath<T extends { path: string }>({ path: _, ...rest }: T): Omit<T, 'path'> {
  return rest;
}

function removedThings(base: Repository, head: Repository): RemovedThing[] {
  const gone = <T extends RemovedThing>(before: readonly T[], after: readonly T[]): RemovedThing[] =>
    before
      .filter(({ name }) => !after.some((other) => other.name === name))
      .map(({ kind, name, path }) => ({ kind, name, path }));
  return [
    ...gone(base.datasets, head.datasets),
    ...gone(base.models, head.models),
    ...gone(base.deployments, head.deployments),
    ...gone(base.monitors, head.monitors),
  ];
}

/** By blob: the head's specs are validated under the base's policy, so the parsed ones would be the same. */
function isPolicyChanged(head: Snapshot, base: Snapshot | undefined): boolean {
  if (!base) return false;
  const blob = ({ repository, tree }: Snapshot) => tree.find(({ path }) => path === repository.policy.path)?.sha;
  return blob(base) !== blob(head) || !same(base.repository.policy, head.repository.policy);
}

function planDigest(
  planned: Pick<Plan, 'datasets' | 'models' | 'deployments' | 'monitors' | 'removed'>,
  policyChanged: boolean,
  head: Snapshot,
): string {
  const { repository, tree } = head;
  const pick = <T extends { name: string }>(things: readonly { name: string }[], all: readonly T[]): T[] =>
    all.filter(({ name }) => things.some((thing) => thing.name === name));
  return digestOf({
    policy: policyChanged ? (tree.find(({ path }) => path === repository.policy.path)?.sha ?? null) : null,
    datasets: pick(planned.datasets, repository.datasets).map((dataset) => [
      dataset,
      sourceBlobs(dataset.source.uri, tree).map(({ path, sha }) => [path, sha]),
    ]),
    models: pick(planned.models, repository.models),
    fingerprints: planned.models.map(({ name, fingerprint }) => [name, fingerprint]),
    deployments: pick(planned.deployments, repository.deployments),
    monitors: pick(planned.monitors, repository.monitors),
    removed: planned.removed,
  });
}
