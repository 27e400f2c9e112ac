import { checkMetric } from './evaluate-spec.ts';
import { isLowerBetter, isShare } from './metrics-of-task.ts';
import type { Pointer } from './read-yaml.ts';
import type { Report } from './report.ts';
import type { ModelGate as RawGate, RawModel } from './schema-types.ts';
import { show, showList } from './show.ts';
import { didYouMean } from './suggest.ts';
import { parseBytes, parseDuration } from './units.ts';
import type { Gate, MetricName } from './valid.ts';

type Kind = Gate['kind'];

const KEYS: Record<Kind, readonly (keyof RawGate)[]> = {
  absolute: ['metric', 'min', 'max'],
  champion: ['metric', 'against', 'noWorseThan', 'better', 'confidence'],
  slice: ['metric', 'slice', 'against', 'minRows', 'min', 'max', 'noWorseThan', 'confidence'],
  latency: ['latency', 'max'],
  size: ['size'],
};

const MEANING: Record<Kind, string> = {
  absolute: 'a gate on a fixed value',
  champion: 'a gate against the champion',
  slice: 'a gate on slices',
  latency: 'a latency gate',
  size: 'a size gate',
};

export function toGates(raw: RawModel, report: Report): Gate[] {
  return (raw.gates ?? []).flatMap((gate, index) => toGate(gate, ['gates', index], raw, report) ?? []);
}

function toGate(gate: RawGate, pointer: Pointer, model: RawModel, report: Report): Gate | undefined {
  const kind = kindOf(gate);
  if (kind === undefined) {
    report.error(pointer, 'a gate needs "metric" with min, max, against or slice; or "latency" with max; or "size"');
    return undefined;
  }
  for (const key of Object.keys(gate) as (keyof RawGate)[]) {
    if (key === 'onFail' || key === 'onCannotTell' || KEYS[kind].includes(key)) continue;
    report.error([...pointer, key], `"${key}" does not belong in ${MEANING[kind]}: ${mixture(kind, key)}`, 'key');
  }
  if (gate.metric !== undefined) checkMetric(gate.metric, model.task, [...pointer, 'metric'], report);
  const base = { onFail: gate.onFail ?? 'block', onCannotTell: gate.onCannotTell ?? 'approval' } as const;
  if (kind === 'latency') return { ...base, kind, quantile: gate.latency!, maxMs: latencyOf(gate, pointer, report) };
  if (kind === 'size') return { ...base, kind, maxBytes: sizeOf(gate, pointer, report) };
  const metric = gate.metric!;
  const bounds = boundsOf(gate, metric, pointer, report);
  const confidence = gate.confidence ?? 0.95;
  const margin = gate.noWorseThan === undefined ? {} : { noWorseThan: gate.noWorseThan };
  if (kind === 'absolute') return { ...base, kind, metric, ...bounds };
  if (kind === 'champion') {
    const better = gate.better ?? false;
    if (better === (gate.noWorseThan !== undefined)) {
      report.error(pointer, 'against the champion: either "noWorseThan" or "better: true"');
    }
    return { ...base, kind, metric, ...margin, better, confidence };
  }
  const slice = gate.slice!;
  checkSlice(slice, pointer, model, report);
  if (gate.min === undefined && gate.max === undefined && gate.noWorseThan === undefined) {
    report.error(pointer, 'a gate on slices needs min, max or noWorseThan');
  }
  if (gate.against !== undefined && gate.noWorseThan === undefined) {
    report.error(pointer, 'against the champion on slices: "noWorseThan" is missing');
  }
  return { ...base, kind, metric, slice, minRows: gate.minRows ?? 500, ...bounds, ...margin, confidence };
}

function kindOf(gate: RawGate): Kind | undefined {
  if (gate.latency !== undefined) return 'latency';
  if (gate.size !== undefined) return 'size';
  if (gate.metric === undefined) return undefined;
  if (gate.slice !== undefined) return 'slice';
  if (gate.against !== undefined || gate.noWorseThan !== undefined || gate.better !== undefined) return 'champion';
  return gate.min !== undefined || gate.max !== undefined ? 'absolute' : undefined;
}

function mixture(kind: Kind, key: keyof RawGate): string {
  if (kind === 'champion' && (key === 'min' || key === 'max')) return 'a fixed value is a gate of its own';
  if (key === 'minRows') return 'it needs "slice"';
  if (key === 'metric') return 'it judges no metric';
  return `it takes ${KEYS[kind].join(', ')}, onFail, onCannotTell`;
}

function latencyOf(gate: RawGate, pointer: Pointer, report: Report): number {
  const max = typeof gate.max === 'string' ? parseDuration(gate.max) : undefined;
  if (max === undefined)
    report.error(
      gate.max === undefined ? pointer : [...pointer, 'max'],
      'a latency gate needs "max", a duration such as 5ms',
    );
  return max ?? 0;
}

function sizeOf(gate: RawGate, pointer: Pointer, report: Report): number {
  const size = parseBytes(gate.size!);
  if (size === undefined) report.error([...pointer, 'size'], `${show(gate.size)} is no size such as 50MB or 8Gi`);
  return size ?? 0;
}

function boundsOf(gate: RawGate, metric: MetricName, pointer: Pointer, report: Report): { min?: number; max?: number } {
  const bounds: { min?: number; max?: number } = {};
  for (const key of ['min', 'max'] as const) {
    const value = gate[key];
    if (value === undefined) continue;
    if (typeof value !== 'number') report.error([...pointer, key], `${show(value)} must be a number for ${metric}`);
    else if (isShare(metric) && (value < 0 || value > 1)) {
      report.error([...pointer, key], `${metric} lies between 0 and 1; ${value} does not`);
    } else bounds[key] = value;
  }
  if (bounds.min !== undefined && bounds.max !== undefined && bounds.min > bounds.max) {
    report.error([...pointer, 'min'], `min ${bounds.min} is above max ${bounds.max}`);
  }
  if (bounds.max !== undefined && bounds.min === undefined && !isLowerBetter(metric)) {
    report.warning([...pointer, 'max'], `${metric} is better when higher: did you mean "min"?`, 'key');
  }
  if (bounds.min !== undefined && bounds.max === undefined && isLowerBetter(metric)) {
    report.warning([...pointer, 'min'], `${metric} is better when lower: did you mean "max"?`, 'key');
  }
  return bounds;
}

function checkSlice(slice: string, pointer: Pointer, model: RawModel, report: Report): void {
  const slices = model.evaluate?.slices ?? [];
  if (slices.length === 0) {
    report.error([...pointer, 'slice'], 'the model declares no slices: add them to evaluate.slices');
    return;
  }
  if (slice === '*') return;
  const names = slices.map((declared) => (typeof declared === 'string' ? declared : declared.name));
  const named = slices.some((declared) => typeof declared !== 'string' && declared.name === slice);
  const category = slices.some((declared) => typeof declared === 'string' && slice.startsWith(`${declared}=`));
  if (named || category) return;
  const hint = didYouMean(slice, names) || `; "*", or one of ${showList(names)} (a category as column=value)`;
  report.error([...pointer, 'slice'], `the model has no slice ${show(slice)}${hint}`);
}
