import { checkMetric } from './check-metric.ts';
import { checkColumn, checkLocation } from './dataset.ts';
import { formatOf, isInRepository } from './location.ts';
import type { Pointer } from './read-yaml.ts';
import type { Report } from './report.ts';
import type { RawMonitor } from './schema-types.ts';
import { show, showList } from './show.ts';
import { didYouMean } from './suggest.ts';
import { parseDuration, parseSchedule } from './units.ts';
import type { Dataset, MetricName, Model, Policy } from './valid.ts';
import type { Monitor, MonitorSource } from './valid-monitor.ts';

type Context = { policy: Policy; model: Model | undefined; dataset: Dataset | undefined };
type FileSource = Extract<MonitorSource, { kind: 'files' }>;

/** The logs keep the chosen class of a multiclass model, so only metrics of decisions can be had. */
export const DECISION_METRICS: readonly MetricName[] = ['accuracy', 'balanced_accuracy', 'macro_f1'];

/** Bounds, groups and costs are in no log. */
const UNLOGGED: ReadonlySet<MetricName> = new Set([
  'interval_coverage',
  'interval_width',
  'expected_cost',
  'ndcg',
  'map',
  'mrr',
]);

/** Model and dataset are absent when the ones that the monitor leads to are unknown or broken. */
export function toMonitor(raw: RawMonitor, path: string, context: Context, report: Report): Monitor {
  checkNames(raw, context, report);
  return {
    kind: 'Monitor',
    name: raw.name,
    path,
    deployment: raw.deployment,
    source: toSource(raw.source, context.policy, report),
    ...toTimes(raw, report),
    reference: toReference(raw.reference, report),
    seasonality: raw.seasonality ?? 'none',
    columns: { ignore: raw.columns?.ignore ?? [] },
    effect: raw.effect ?? 0.1,
    minRows: raw.minRows ?? 350,
    falseDiscoveryRate: raw.falseDiscoveryRate ?? 0.05,
    multivariate: raw.multivariate ?? true,
    checks: toChecks(raw.checks, report),
    performance: raw.metrics ?? [],
    open: { after: raw.open?.after ?? 2, graceSeconds: seconds(raw.open?.grace, ['open', 'grace'], report) ?? 604_800 },
    close: { after: raw.close?.after ?? 3 },
    issue: { labels: raw.issue?.labels ?? ['drift'], assign: raw.issue?.assign ?? 'owners' },
    retrain: raw.retrain ?? 'suggest',
    ...(raw.runner === undefined ? {} : { runner: raw.runner }),
  };
}

function checkNames(raw: RawMonitor, { policy, model, dataset }: Context, report: Report): void {
  for (const [index, column] of (raw.columns?.ignore ?? []).entries()) {
    if (dataset) checkColumn(column, ['columns', 'ignore', index], dataset.columns, report);
  }
  for (const [index, { metric }] of (raw.metrics ?? []).entries()) {
    if (!model) continue;
    const pointer = ['metrics', index, 'metric'];
    checkMetric(metric, model.task, pointer, report);
    if (UNLOGGED.has(metric)) {
      report.error(pointer, `${show(metric)} needs more of an answer than logs keep`);
    } else if (model.task === 'multiclass-classification' && !DECISION_METRICS.includes(metric)) {
      const message = `${show(metric)} needs the probability of every class, and logs keep the chosen one; possible: ${showList([...DECISION_METRICS])}`;
      report.error(pointer, message);
    }
  }
  const seasonal = raw.seasonality !== undefined && raw.seasonality !== 'none';
  if (seasonal && dataset && !dataset.window && !dataset.columns.some(({ type }) => type === 'timestamp')) {
    report.error(['seasonality'], `dataset ${show(dataset.name)} has neither a window nor a timestamp column`);
  }
  const runners = policy.runners.map(({ name }) => name);
  if (raw.runner !== undefined && !runners.includes(raw.runner)) {
    const hint = didYouMean(raw.runner, runners) || `; runners: ${showList(runners)}`;
    report.error(['runner'], `the policy has no runner ${show(raw.runner)}${hint}`);
  }
}

function toSource(raw: RawMonitor['source'], policy: Policy, report: Report): MonitorSource {
  if (raw === undefined || typeof raw === 'string') return { kind: raw ?? 'serving' };
  const { uri, timestamp, timezone = 'UTC', columns = {}, labels } = raw;
  if (!isTimezone(timezone)) {
    report.error(['source', 'timezone'], `${show(timezone)} is no time zone such as Europe/Berlin`);
  }
  const format = toFormat(raw, ['source'], policy, report);
  const files: FileSource = { kind: 'files', uri, format, timestamp, timezone, columns };
  if (labels === undefined) return files;
  return { ...files, labels: { ...labels, format: toFormat(labels, ['source', 'labels'], policy, report) } };
}

function toFormat(
  source: { uri: string; format?: FileSource['format'] },
  pointer: Pointer,
  policy: Policy,
  report: Report,
): FileSource['format'] {
  const { uri } = source;
  if (isInRepository(uri)) {
    report.error(
      [...pointer, 'uri'],
      `${show(uri)} must begin with file: or s3://: production is not in the repository`,
    );
  } else checkLocation(uri, [...pointer, 'uri'], policy, report);
  const format = source.format ?? (/\.(arrows?|ipc|feather)$/.test(uri) ? 'arrow' : formatOf(uri));
  if (format === undefined) {
    report.error(pointer, '"format" is missing: the name does not tell parquet, csv, jsonl or arrow');
  }
  return format ?? 'parquet';
}

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function toReference(raw: RawMonitor['reference'], report: Report): Monitor['reference'] {
  if (raw === undefined || raw === 'training') return 'training';
  const { from, to } = raw;
  for (const [key, day] of Object.entries({ from, to })) {
    if (Number.isNaN(Date.parse(day))) report.error(['reference', key], `${show(day)} is no day`);
  }
  if (Date.parse(from) >= Date.parse(to)) {
    report.error(['reference'], `from ${from} to ${to} is empty: "to" is the day after the last`);
  }
  return { from, to };
}

function toChecks(raw: RawMonitor['checks'], report: Report): Monitor['checks'] {
  const { rows, freshness, latency, errors } = raw ?? {};
  if (rows?.min !== undefined && rows.max !== undefined && rows.min > rows.max) {
    report.error(['checks', 'rows'], `min ${rows.min} is more than max ${rows.max}`);
  }
  const oldest = seconds(freshness, ['checks', 'freshness'], report);
  const p99Ms = latency && parseDuration(latency.p99);
  if (latency && !p99Ms) {
    report.error(['checks', 'latency', 'p99'], `${show(latency.p99)} is no duration such as 50ms`);
  }
  return {
    ...(rows === undefined ? {} : { rows }),
    ...(oldest === undefined ? {} : { freshnessSeconds: oldest }),
    ...(p99Ms ? { latency: { p99Ms } } : {}),
    ...(errors === undefined ? {} : { errors }),
  };
}

function seconds(text: string | undefined, pointer: Pointer, report: Report): number | undefined {
  if (text === undefined) return undefined;
  const milliseconds = parseDuration(text);
  if (milliseconds === undefined) report.error(pointer, `${show(text)} is no duration such as 2h or 7d`);
  return (milliseconds ?? 0) / 1_000;
}

function toTimes(
  raw: RawMonitor,
  report: Report,
): Pick<Monitor, 'windowSeconds' | 'scheduleSeconds' | 'settleSeconds'> {
  const windowMs = parseDuration(raw.window);
  if (windowMs === undefined || windowMs < 1_000) {
    report.error(['window'], `${show(raw.window)} is no duration such as 1h or 1d`);
  }
  const windowSeconds = (windowMs ?? 0) / 1_000;
  const scheduleSeconds = raw.schedule === undefined ? windowSeconds : parseSchedule(raw.schedule);
  if (scheduleSeconds === undefined) {
    report.error(['schedule'], `${show(raw.schedule)} is not @hourly, @daily, @weekly or a duration such as 30m`);
  }
  const settleSeconds = seconds(raw.settle, ['settle'], report) ?? 0;
  return { windowSeconds, scheduleSeconds: scheduleSeconds ?? windowSeconds, settleSeconds };
}
