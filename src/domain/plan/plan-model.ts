import { codeDigest } from '../fingerprint/code-digest.ts';
import { codeFiles } from '../fingerprint/code-files.ts';
import { sourceBlobs, sourceMatcher } from '../fingerprint/data-identity.ts';
import { digestOf } from '../fingerprint/digest.ts';
import { imageOf, type RunInputs, runParts } from '../fingerprint/fingerprint-run.ts';
import { pathMatcher } from '../spec/glob.ts';
import type { Model } from '../spec/valid.ts';
import { sweepSize } from '../sweep/sweep-size.ts';
import { describeChanges, same } from './describe-changes.ts';
import type { ChangedParts, PlannedModel, Snapshot } from './plan.ts';

const MOST_FILES = 10;

/**
 * What is to be done for a model of the head; undefined when nothing of it differs from the base. `changedPaths`: those
 * in which the two trees differ.
 */
export function planModel(
  model: Model,
  head: Snapshot,
  base: Snapshot | undefined,
  changedPaths: readonly string[],
): PlannedModel | undefined {
  const now = inputsOf(model, head);
  const previous = base?.repository.models.find(({ name }) => name === model.name);
  if (base && previous && isUntouched(inputsOf(previous, base), now, changedPaths)) return undefined;
  const parts = runParts(now);
  const planned = {
    name: model.name,
    path: model.path,
    fingerprint: digestOf(parts),
    runner: model.train.runner,
    timeoutSeconds: model.train.resources.timeoutSeconds,
    ...(model.train.sweep ? { sweep: sweepSize(model.train.sweep) } : repeatsOf(model)),
  };
  if (!base || !previous) return { ...planned, change: 'new', reasons: ['new model'], parts: ALL };
  const then = inputsOf(previous, base);
  const before = runParts(then);
  const changed: ChangedParts = {
    code: !same(before.code, parts.code),
    data: !same(before.data, parts.data),
    params: !same(before.params, parts.params),
    signature: !same([previous.task, previous.signature], [model.task, model.signature]),
    evaluation: !same(judgement(then), judgement(now)),
  };
  if (!Object.values(changed).includes(true)) return undefined;
  return { ...planned, change: 'changed', reasons: reasonsOf(then, now), parts: changed };
}

const repeatsOf = ({ train: { repeats } }: Model) => (repeats > 1 ? { repeats } : {});

const ALL: ChangedParts = { code: true, data: true, params: true, signature: true, evaluation: true };

/** Cheap, so that a plan's cost grows with what changed: no digest is taken of what has stayed as it was. */
function isUntouched(then: RunInputs, now: RunInputs, changedPaths: readonly string[]): boolean {
  if (!same([then.model, then.dataset, then.runner ?? null], [now.model, now.dataset, now.runner ?? null]))
    return false;
  const isCode = pathMatcher(now.model.train.code);
  const isData = sourceMatcher(now.dataset.source.uri);
  const isMetric = pathMatcher(now.model.evaluate.custom.flatMap(({ code }) => code));
  return !changedPaths.some((path) => isCode(path) || isData(path) || isMetric(path));
}

export function inputsOf(model: Model, { repository, tree }: Snapshot): RunInputs {
  const dataset = repository.datasets.find(({ name }) => name === model.dataset)!;
  const runner = repository.policy.runners.find(({ name }) => name === model.train.runner);
  return { model, dataset, ...(runner ? { runner } : {}), tree };
}

function judgement({ model, dataset, tree }: RunInputs): unknown {
  const { evaluate, gates, train } = model;
  const { split, chooseThreshold, custom } = evaluate;
  return {
    gates,
    evaluate,
    split: dataset.splits[split] ?? null,
    thresholdSplit: chooseThreshold ? (dataset.splits[chooseThreshold.split] ?? null) : null,
    repeats: train.repeats,
    // Whoever changes what computes a metric changes how the model is judged: its owners have to agree.
    metricCode: custom.map(({ code }) => codeDigest(tree, code)),
  };
}

function reasonsOf(then: RunInputs, now: RunInputs): string[] {
  const [old, model] = [then.model, now.model];
  return [
    ...fileReasons(then, now),
    ...describeChanges(made(old), made(model)),
    ...describeChanges(imageOf(then.runner), imageOf(now.runner), 'image'),
    ...dataReasons(then, now),
    ...describeChanges({ task: old.task, signature: old.signature }, { task: model.task, signature: model.signature }),
    ...describeChanges({ evaluate: old.evaluate, gates: old.gates }, { evaluate: model.evaluate, gates: model.gates }),
    ...metricReasons(then, now),
  ];
}

function made({ train: { command, seed, params, sweep, repeats }, artifact }: Model) {
  return { command, seed, params, sweep, repeats, artifact };
}

function fileReasons(then: RunInputs, now: RunInputs): string[] {
  const old = codeFiles(then.tree, then.model.train.code, then.model.path);
  const files = codeFiles(now.tree, now.model.train.code, now.model.path);
  return listed('code', fileChanges(old, files));
}

function metricReasons(then: RunInputs, now: RunInputs): string[] {
  const filesOf = ({ model, tree }: RunInputs) =>
    codeFiles(
      tree,
      model.evaluate.custom.flatMap(({ code }) => code),
    );
  return listed('metric code', fileChanges(filesOf(then), filesOf(now)));
}

function listed(what: string, changes: string[]): string[] {
  const shown = changes.slice(0, MOST_FILES).map((change) => `${what}: ${change}`);
  return changes.length > MOST_FILES ? [...shown, `${what}: ${changes.length - MOST_FILES} more files`] : shown;
}

export function dataReasons(
  then: Pick<RunInputs, 'dataset' | 'tree'>,
  now: Pick<RunInputs, 'dataset' | 'tree'>,
): string[] {
  const { path: _, name, ...dataset } = now.dataset;
  const { path: __, name: oldName, ...old } = then.dataset;
  if (name !== oldName) return [`dataset ${oldName} → ${name}`];
  const blobs = fileChanges(sourceBlobs(old.source.uri, then.tree), sourceBlobs(dataset.source.uri, now.tree));
  return [...describeChanges(old, dataset), ...blobs.map((change) => `data: ${change}`)].map(
    (reason) => `dataset ${name}: ${reason}`,
  );
}

type File = { path: string; sha: string; mode: string };

function fileChanges(before: readonly File[], after: readonly File[]): string[] {
  const old = new Map(before.map((file) => [file.path, file]));
  const now = new Set(after.map(({ path }) => path));
  const present = after.flatMap((file) => {
    const previous = old.get(file.path);
    if (!previous) return [`${file.path} (new)`];
    return previous.sha === file.sha && previous.mode === file.mode ? [] : [file.path];
  });
  return [...present, ...before.filter(({ path }) => !now.has(path)).map(({ path }) => `${path} (removed)`)].sort();
}
