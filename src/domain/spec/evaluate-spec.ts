import { checkColumn } from './dataset.ts';
import { DEFAULT_METRICS, METRICS_OF_TASK } from './metrics-of-task.ts';
import type { Pointer } from './read-yaml.ts';
import type { Report } from './report.ts';
import type { RawModel } from './schema-types.ts';
import { show, showList } from './show.ts';
import { didYouMean } from './suggest.ts';
import type { Dataset, Gate, MetricName, Model, SliceSpec, Task } from './valid.ts';

export function toEvaluate(
  raw: RawModel,
  gates: Gate[],
  dataset: Dataset | undefined,
  report: Report,
): Model['evaluate'] {
  const evaluate = raw.evaluate ?? {};
  const split = evaluate.split ?? 'holdout';
  checkSplit(split, dataset, report);
  const declared: readonly MetricName[] = evaluate.metrics ?? DEFAULT_METRICS[raw.task];
  for (const [index, metric] of (evaluate.metrics ?? []).entries()) {
    checkMetric(metric, raw.task, ['evaluate', 'metrics', index], report);
  }
  if (evaluate.threshold !== undefined && raw.task !== 'binary-classification') {
    report.error(['evaluate', 'threshold'], `"threshold" is for binary-classification, not for ${raw.task}`, 'key');
  }
  const judged = gates.flatMap((gate) => ('metric' in gate ? [gate.metric] : []));
  return {
    split,
    metrics: [...new Set([...declared, ...judged])],
    slices: toSlices(raw, dataset, report),
    threshold: evaluate.threshold ?? 0.5,
    resamples: evaluate.resamples ?? 1000,
    confidence: evaluate.confidence ?? 0.95,
  };
}

export function checkMetric(metric: MetricName, task: Task, pointer: Pointer, report: Report): void {
  const fitting = METRICS_OF_TASK[task];
  if (!fitting.includes(metric)) {
    report.error(pointer, `${metric} does not fit ${task}; metrics of it: ${showList(fitting)}`);
  }
}

function checkSplit(split: string, dataset: Dataset | undefined, report: Report): void {
  const pointer = ['evaluate', 'split'];
  if (split === 'train') report.error(pointer, 'a model is not judged on the rows that it was trained on');
  if (!dataset || Object.hasOwn(dataset.splits, split)) return;
  const names = Object.keys(dataset.splits);
  const hint = didYouMean(split, names) || `; splits: ${showList(names)}`;
  report.error(pointer, `dataset ${show(dataset.name)} has no split ${show(split)}${hint}`);
}

function toSlices(raw: RawModel, dataset: Dataset | undefined, report: Report): SliceSpec[] {
  const seen = new Set<string>();
  return (raw.evaluate?.slices ?? []).map((slice, index): SliceSpec => {
    const pointer: Pointer = ['evaluate', 'slices', index];
    const name = typeof slice === 'string' ? slice : slice.name;
    if (seen.has(name)) report.error(pointer, `slice ${show(name)} is declared twice`);
    seen.add(name);
    if (typeof slice !== 'string') return { kind: 'where', name, where: slice.where };
    if (dataset) checkSliceColumn(slice, pointer, dataset, report);
    return { kind: 'column', column: slice };
  });
}

function checkSliceColumn(name: string, pointer: Pointer, dataset: Dataset, report: Report): void {
  checkColumn(name, pointer, dataset.columns, report);
  const column = dataset.columns.find((candidate) => candidate.name === name);
  if (!column) return;
  if (column.pii) report.error(pointer, `${show(name)} is personal data: its values must not be shown as slices`);
  if (column.type === 'float' || column.type === 'text' || column.type === 'timestamp') {
    report.error(pointer, `${show(name)} is ${column.type}: give a slice as {name, where} instead`);
  }
}
