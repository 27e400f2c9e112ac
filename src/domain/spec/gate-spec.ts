import { toCostGate } from './cost-gate-spec.ts';
import { DEFAULT_CONFIDENCE, DEFAULT_MIN_ROWS, type GateContext } from './gate-context.ts';
import { GATE_KINDS, type GateKey, kindOfGate, mixture } from './gate-kinds.ts';
import { toMetricGate } from './metric-gate-spec.ts';
import type { Pointer } from './read-yaml.ts';
import type { Report } from './report.ts';
import type { RawModel } from './schema-types.ts';
import { show, showList } from './show.ts';
import { didYouMean } from './suggest.ts';
import type { Dataset, Gate } from './valid.ts';

type Base = Pick<Gate, 'onFail' | 'onCannotTell'>;

const DEFAULT_SHARE = 0.01;

export function toGates(raw: RawModel, dataset: Dataset | undefined, report: Report): Gate[] {
  return (raw.gates ?? []).flatMap(
    (gate, index) => toGate({ gate, at: ['gates', index], model: raw, dataset, report }) ?? [],
  );
}

function toGate(context: GateContext): Gate | undefined {
  const { gate, at, report } = context;
  const kind = kindOfGate(gate);
  if (kind === undefined) {
    const others = Object.values(GATE_KINDS).flatMap(({ keys }) => (keys[0] === 'metric' ? [] : [keys[0]]));
    report.error(
      at,
      `a gate needs "metric" with min, max, against, slice or seedVariance; or one of ${others.join(', ')}`,
    );
    return undefined;
  }
  const { meaning, keys } = GATE_KINDS[kind];
  for (const key of Object.keys(gate) as GateKey[]) {
    if (key === 'onFail' || key === 'onCannotTell' || keys.includes(key)) continue;
    report.error([...at, key], `"${key}" does not belong in ${meaning}: ${mixture(kind, key)}`, 'key');
  }
  const base: Base = { onFail: gate.onFail ?? 'block', onCannotTell: gate.onCannotTell ?? 'approval' };
  switch (kind) {
    case 'latency':
    case 'throughput':
    case 'size':
    case 'memory':
    case 'cold-start':
      return { ...base, ...toCostGate(kind, context) };
    case 'fairness':
      return toFairness(base, context);
    case 'invariance':
      return toInvariance(base, context);
    case 'behaviour':
      return { ...base, kind, check: gate.behaviour! };
    case 'agreement':
      return { ...base, kind, max: gate.agreement! };
    case 'prediction-drift':
      return { ...base, kind, max: gate.predictionDrift! };
    default:
      return toMetricGate(kind, base, context);
  }
}

function toFairness(base: Base, context: GateContext): Gate {
  const { gate, at, model, dataset, report } = context;
  if (model.task !== 'binary-classification') {
    report.error([...at, 'fairness'], `"fairness" is for binary-classification, not for ${model.task}`, 'key');
  }
  if (gate.by === undefined) report.error(at, 'a fairness gate needs "by", the column whose groups are compared');
  else checkGroups(gate.by, [...at, 'by'], model, dataset, report);
  checkSameRows(context);
  if (gate.maxDifference === undefined && gate.minRatio === undefined) {
    report.error(at, 'a fairness gate needs "maxDifference" or "minRatio"');
  }
  if (gate.minRatio !== undefined && gate.minRatio > 1) {
    report.error([...at, 'minRatio'], 'the lower rate to the higher is at most 1');
  }
  return {
    ...base,
    kind: 'fairness',
    rate: gate.fairness!,
    by: gate.by ?? '',
    ...(gate.maxDifference === undefined ? {} : { maxDifference: gate.maxDifference }),
    ...(gate.minRatio === undefined ? {} : { minRatio: gate.minRatio }),
    minRows: gate.minRows ?? DEFAULT_MIN_ROWS,
    confidence: gate.confidence ?? DEFAULT_CONFIDENCE,
  };
}

function checkGroups(by: string, at: Pointer, model: RawModel, dataset: Dataset | undefined, report: Report): void {
  if (dataset?.columns.find(({ name }) => name === by)?.pii) {
    report.error(at, `${show(by)} is personal data: its groups must not be shown`);
    return;
  }
  const slices = model.evaluate?.slices ?? [];
  if (slices.some((slice) => typeof slice !== 'string' && slice.column === by)) {
    report.error(at, `${show(by)} is cut into bins: a fairness gate compares the values of a column`);
    return;
  }
  const columns = slices.filter((slice) => typeof slice === 'string');
  if (columns.includes(by)) return;
  const hint = didYouMean(by, columns) || ': add it to evaluate.slices';
  report.error(at, `${show(by)} is no column of evaluate.slices${hint}`);
}

/** One report a rate and column is made, of groups with as many rows as its gates ask for. */
function checkSameRows({ gate, at, model, report }: GateContext): void {
  const first = model.gates?.find((other) => other.fairness === gate.fairness && other.by === gate.by);
  const rows = (one: typeof gate) => one.minRows ?? DEFAULT_MIN_ROWS;
  if (first === undefined || rows(first) === rows(gate)) return;
  const told = `another gate on ${gate.fairness} by ${gate.by} has minRows ${rows(first)}: they share the groups`;
  report.error(gate.minRows === undefined ? at : [...at, 'minRows'], told);
}

function toInvariance(base: Base, { gate, at, model, report }: GateContext): Gate {
  const names = (model.evaluate?.invariances ?? []).map(({ name }) => name);
  const name = gate.invariance!;
  if (names.length === 0) {
    report.error([...at, 'invariance'], 'the model declares no invariances: add them to evaluate.invariances');
  } else if (name !== '*' && !names.includes(name)) {
    const hint = didYouMean(name, names) || `; "*", or one of ${showList(names)}`;
    report.error([...at, 'invariance'], `the model has no invariance ${show(name)}${hint}`);
  }
  const confidence = gate.confidence ?? DEFAULT_CONFIDENCE;
  return { ...base, kind: 'invariance', name, maxShare: gate.maxShare ?? DEFAULT_SHARE, confidence };
}
