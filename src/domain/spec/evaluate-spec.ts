import { checkModelMetric, customNames } from './check-metric.ts';
import { checkColumn } from './dataset.ts';
import { toCosts, toThreshold } from './decision-spec.ts';
import { globTrouble } from './glob.ts';
import { CATALOGUE, DEFAULT_METRICS } from './metric-catalogue.ts';
import type { Pointer } from './read-yaml.ts';
import type { Report } from './report.ts';
import type { RawModel } from './schema-types.ts';
import { show, showList } from './show.ts';
import { toDiscovery, toSlices } from './slice-spec.ts';
import { didYouMean } from './suggest.ts';
import type { CustomMetric, Dataset, Gate, Invariance, MetricName, Model } from './valid.ts';

const DEFAULT_TOLERANCE = 0.001;

export function toEvaluate(
  raw: RawModel,
  gates: Gate[],
  dataset: Dataset | undefined,
  report: Report,
): Model['evaluate'] {
  const evaluate = raw.evaluate ?? {};
  const split = evaluate.split ?? 'holdout';
  checkSplit(split, dataset, report);
  const metrics = toMetrics(raw, gates, report);
  const costs = toCosts(raw, report);
  if (costs !== undefined && !metrics.includes('expected_cost')) {
    report.warning(['evaluate', 'costs'], '"costs" has no effect without the metric expected_cost', 'key');
  }
  const discover = toDiscovery(raw, dataset, report);
  return {
    split,
    metrics,
    slices: toSlices(raw, dataset, report),
    ...toThreshold(raw, split, dataset, report),
    ...(costs === undefined ? {} : { costs }),
    custom: toCustom(raw, report),
    ...(discover === undefined ? {} : { discover }),
    invariances: toInvariances(raw, dataset, report),
    resamples: evaluate.resamples ?? 1000,
    confidence: evaluate.confidence ?? 0.95,
  };
}

/** What is declared, what gates judge, and every metric of the model's own. */
function toMetrics(raw: RawModel, gates: Gate[], report: Report): MetricName[] {
  const declared: readonly MetricName[] = raw.evaluate?.metrics ?? DEFAULT_METRICS[raw.task];
  for (const [index, metric] of (raw.evaluate?.metrics ?? []).entries()) {
    checkModelMetric(metric, raw, ['evaluate', 'metrics', index], report);
  }
  const judged = gates.flatMap((gate) => ('metric' in gate ? [gate.metric] : []));
  return [...new Set([...declared, ...judged, ...customNames(raw)])];
}

function checkSplit(split: string, dataset: Dataset | undefined, report: Report): void {
  const pointer = ['evaluate', 'split'];
  if (split === 'train') report.error(pointer, 'a model is not judged on the rows that it was trained on');
  if (!dataset || Object.hasOwn(dataset.splits, split)) return;
  const names = Object.keys(dataset.splits);
  const hint = didYouMean(split, names) || `; splits: ${showList(names)}`;
  report.error(pointer, `dataset ${show(dataset.name)} has no split ${show(split)}${hint}`);
}

function toCustom(raw: RawModel, report: Report): CustomMetric[] {
  const custom = raw.evaluate?.custom ?? [];
  for (const [index, { name, code }] of custom.entries()) {
    const pointer: Pointer = ['evaluate', 'custom', index];
    if (Object.hasOwn(CATALOGUE, name)) report.error([...pointer, 'name'], `there is a metric ${name} already`);
    if (custom.findIndex((other) => other.name === name) < index) {
      report.error([...pointer, 'name'], `metric ${show(name)} is declared twice`);
    }
    for (const [place, glob] of code.entries()) {
      const trouble = globTrouble(glob);
      if (trouble !== undefined) report.error([...pointer, 'code', place], `${show(glob)} ${trouble}`);
    }
  }
  return custom;
}

function toInvariances(raw: RawModel, dataset: Dataset | undefined, report: Report): Invariance[] {
  const invariances = raw.evaluate?.invariances ?? [];
  const inputs = raw.signature.inputs.map((input) => input.column ?? input.name);
  return invariances.map(({ name, set, tolerance = DEFAULT_TOLERANCE }, index) => {
    const pointer: Pointer = ['evaluate', 'invariances', index];
    if (invariances.findIndex((other) => other.name === name) < index) {
      report.error([...pointer, 'name'], `invariance ${show(name)} is declared twice`);
    }
    for (const column of Object.keys(set)) {
      const at = [...pointer, 'set', column];
      if (dataset && !dataset.columns.some((one) => one.name === column)) {
        checkColumn(column, at, dataset.columns, report);
      } else if (!inputs.includes(column)) {
        report.error(at, `${show(column)} is no input of the model: its change could change nothing`, 'key');
      }
    }
    return { name, set: set as Record<string, string>, tolerance };
  });
}
