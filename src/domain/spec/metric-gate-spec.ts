import { checkModelMetric } from './check-metric.ts';
import { DEFAULT_CONFIDENCE, DEFAULT_MIN_ROWS, type GateContext } from './gate-context.ts';
import { parseMetric } from './metric-catalogue.ts';
import type { RawModel } from './schema-types.ts';
import { show, showList } from './show.ts';
import { didYouMean } from './suggest.ts';
import type { Gate, MetricName } from './valid.ts';

type MetricKind = 'absolute' | 'champion' | 'slice' | 'discovered' | 'seed-variance';
type Bounds = { min?: number; max?: number };

/** A gate that judges a metric. */
export function toMetricGate(
  kind: MetricKind,
  base: Pick<Gate, 'onFail' | 'onCannotTell'>,
  context: GateContext,
): Gate | undefined {
  const { gate, at, model, report } = context;
  const { metric, confidence = DEFAULT_CONFIDENCE, noWorseThan } = gate;
  if (metric === undefined) {
    report.error(at, 'the metric is missing: {metric, seedVariance}');
    return undefined;
  }
  checkModelMetric(metric, model, [...at, 'metric'], report);
  const bounds = boundsOf(metric, context);
  if (kind !== 'absolute' && kind !== 'seed-variance' && (kind !== 'slice' || noWorseThan !== undefined)) {
    checkDirection(metric, context);
  }
  const margin = noWorseThan === undefined ? {} : { noWorseThan };
  switch (kind) {
    case 'absolute':
      return { ...base, kind, metric, ...bounds, confidence };
    case 'champion': {
      checkQuestion(context);
      const within = gate.within === undefined ? {} : { within: gate.within };
      return { ...base, kind, metric, ...margin, ...within, better: gate.better ?? false, confidence };
    }
    case 'slice':
      checkSlice(context);
      return {
        ...base,
        kind,
        metric,
        slice: gate.slice!,
        minRows: gate.minRows ?? DEFAULT_MIN_ROWS,
        ...bounds,
        ...margin,
        confidence,
      };
    case 'discovered':
      checkDiscovered(metric, context);
      return { ...base, kind, metric, noWorseThan: noWorseThan ?? 0, confidence };
    case 'seed-variance':
      if ((model.train.repeats ?? 1) < 2) {
        report.error(
          [...at, 'seedVariance'],
          '"seedVariance" needs train.repeats: trainings with 2 seeds or more',
          'key',
        );
      }
      return { ...base, kind, metric, max: gate.seedVariance!, confidence };
  }
}

function boundsOf(metric: MetricName, { gate, at, model, report }: GateContext): Bounds {
  const bounds: Bounds = {};
  const [lowest, highest] = parseMetric(metric).facts?.range ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const key of ['min', 'max'] as const) {
    const value = gate[key];
    if (value === undefined) continue;
    if (typeof value !== 'number') report.error([...at, key], `${show(value)} must be a number for ${metric}`);
    else if (value < lowest || value > highest) {
      report.error([...at, key], `${metric} lies ${rangeText(lowest, highest)}; ${value} does not`);
    } else bounds[key] = value;
  }
  if (bounds.min !== undefined && bounds.max !== undefined && bounds.min > bounds.max) {
    report.error([...at, 'min'], `min ${bounds.min} is above max ${bounds.max}`);
  }
  const better = directionOf(metric, model);
  if (bounds.max !== undefined && bounds.min === undefined && better === 'higher') {
    report.warning([...at, 'max'], `${metric} is better when higher: did you mean "min"?`, 'key');
  }
  if (bounds.min !== undefined && bounds.max === undefined && better === 'lower') {
    report.warning([...at, 'min'], `${metric} is better when lower: did you mean "max"?`, 'key');
  }
  return bounds;
}

function rangeText(lowest: number, highest: number): string {
  if (highest === Number.POSITIVE_INFINITY) return `at ${lowest} or above`;
  if (lowest === Number.NEGATIVE_INFINITY) return `at ${highest} or below`;
  return `between ${lowest} and ${highest}`;
}

/** `undefined`: the metric is none. */
function directionOf(metric: MetricName, model: RawModel): 'higher' | 'lower' | 'none' | undefined {
  const custom = model.evaluate?.custom?.find(({ name }) => name === metric);
  return custom?.better ?? parseMetric(metric).facts?.better;
}

function checkDirection(metric: MetricName, { at, model, report }: GateContext): void {
  if (directionOf(metric, model) !== 'none') return;
  const why = 'neither higher nor lower is better, it has a value to be near to';
  report.error([...at, 'metric'], `${metric} takes "min" and "max" only: ${why}`);
}

function checkQuestion({ gate, at, report }: GateContext): void {
  const asked = [gate.noWorseThan !== undefined, gate.within !== undefined, gate.better === true].filter(Boolean);
  if (asked.length === 1) return;
  report.error(at, 'against the champion: one of "noWorseThan", "within" and "better: true"');
}

function checkSlice({ gate, at, model, report }: GateContext): void {
  if (gate.min === undefined && gate.max === undefined && gate.noWorseThan === undefined) {
    report.error(at, 'a gate on slices needs min, max or noWorseThan');
  }
  if (gate.against !== undefined && gate.noWorseThan === undefined) {
    report.error(at, 'against the champion on slices: "noWorseThan" is missing');
  }
  const slice = gate.slice!;
  const slices = model.evaluate?.slices ?? [];
  if (slices.length === 0) {
    report.error([...at, 'slice'], 'the model declares no slices: add them to evaluate.slices');
    return;
  }
  if (slice === '*') return;
  const names = slices.flatMap((one) => (typeof one === 'string' ? one : (one.name ?? one.column ?? [])));
  const declared = slices.some((one) => {
    if (typeof one !== 'string' && one.name !== undefined) return one.name === slice;
    const column = typeof one === 'string' ? one : one.column;
    return ['=', ' in ', ' is missing'].some((rest) => slice.startsWith(`${column}${rest}`));
  });
  if (declared) return;
  const hint = didYouMean(slice, names) || `; "*", or one of ${showList(names)} (a category as column=value)`;
  report.error([...at, 'slice'], `the model has no slice ${show(slice)}${hint}`);
}

function checkDiscovered(metric: MetricName, { gate, at, model, report }: GateContext): void {
  if (!model.evaluate?.discover) {
    report.error(
      [...at, 'slice'],
      'the model discovers no slices: add evaluate.discover, for example "discover: true"',
    );
  }
  if (gate.noWorseThan === undefined) report.error(at, 'a gate on discovered slices needs "noWorseThan"');
  const first = model.gates?.find(({ slice }) => slice === 'discovered')?.metric;
  if (first !== undefined && first !== metric) {
    report.error([...at, 'metric'], `slices are searched for by one metric, and another gate names ${first}`);
  }
}
