import { checkMetric } from './check-metric.ts';
import { checkColumn, checkedFormat, checkLocation } from './dataset.ts';
import type { Report } from './report.ts';
import type { RawMonitor } from './schema-types.ts';
import { show } from './show.ts';
import { parseDuration, parseSchedule } from './units.ts';
import type { Dataset, Model, Monitor, Policy } from './valid.ts';

/** Model and dataset are absent when the ones that the monitor leads to are unknown or broken. */
export function toMonitor(
  raw: RawMonitor,
  path: string,
  context: { policy: Policy; model: Model | undefined; dataset: Dataset | undefined },
  report: Report,
): Monitor {
  const { model, dataset } = context;
  const ignore = raw.columns?.ignore ?? [];
  for (const [index, column] of ignore.entries()) {
    if (dataset) checkColumn(column, ['columns', 'ignore', index], dataset.columns, report);
  }
  for (const [index, { metric }] of (raw.metrics ?? []).entries()) {
    if (model) checkMetric(metric, model.task, ['metrics', index, 'metric'], report);
  }
  const source = toSource(raw, context.policy, report);
  return {
    kind: 'Monitor',
    name: raw.name,
    path,
    deployment: raw.deployment,
    ...(source === undefined ? {} : { source }),
    ...toTimes(raw, report),
    reference: 'training',
    columns: { ignore },
    effect: raw.effect ?? 0.1,
    performance: raw.metrics ?? [],
    open: { after: raw.open?.after ?? 2 },
    close: { after: raw.close?.after ?? 3 },
    issue: { labels: raw.issue?.labels ?? ['drift'], assign: raw.issue?.assign ?? 'owners' },
    retrain: raw.retrain ?? 'suggest',
  };
}

function toSource(raw: RawMonitor, policy: Policy, report: Report): Monitor['source'] {
  if (!raw.source) return undefined;
  const { uri, timestamp, labels } = raw.source;
  report.warning(
    ['source'],
    '"source" has no effect in this version: the log of the inference server of Sluice is read',
    'key',
  );
  const format = checkedFormat(raw.source, ['source'], policy, report);
  if (labels) checkLocation(labels.uri, ['source', 'labels', 'uri'], policy, report);
  return { uri, format, timestamp, ...(labels === undefined ? {} : { labels }) };
}

function toTimes(raw: RawMonitor, report: Report): { windowSeconds: number; scheduleSeconds: number } {
  const windowMs = parseDuration(raw.window);
  if (windowMs === undefined || windowMs < 1_000) {
    report.error(['window'], `${show(raw.window)} is no duration such as 1h or 1d`);
  }
  const windowSeconds = (windowMs ?? 0) / 1_000;
  const scheduleSeconds = raw.schedule === undefined ? windowSeconds : parseSchedule(raw.schedule);
  if (scheduleSeconds === undefined) {
    report.error(['schedule'], `${show(raw.schedule)} is not @hourly, @daily, @weekly or a duration such as 30m`);
  }
  return { windowSeconds, scheduleSeconds: scheduleSeconds ?? windowSeconds };
}
