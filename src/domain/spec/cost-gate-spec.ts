import { DEFAULT_CONFIDENCE, type GateContext } from './gate-context.ts';
import { show } from './show.ts';
import { parseBytes, parseDuration } from './units.ts';
import type { Gate } from './valid.ts';

type CostKind = 'latency' | 'throughput' | 'size' | 'memory' | 'cold-start';
type CostGate = Extract<Gate, { kind: CostKind }>;
/** Without onFail and onCannotTell. */
type Bare<G> = G extends Gate ? Omit<G, 'onFail' | 'onCannotTell'> : never;

/** A gate on what serving costs: its limits in milliseconds, bytes or rows a second. */
export function toCostGate(kind: CostKind, context: GateContext): Bare<CostGate> {
  const { gate } = context;
  const confidence = gate.confidence ?? DEFAULT_CONFIDENCE;
  if (kind === 'latency' || kind === 'throughput') checkConfidence(context);
  switch (kind) {
    case 'latency':
      return { kind, quantile: gate.latency!, ...latencyLimits(context), confidence };
    case 'throughput':
      return { kind, batch: gate.throughput!, ...throughputLimits(context), confidence };
    case 'size':
      return { kind, ...limits('size', parseBytes, 'size such as 50MB or 8Gi', context), confidence };
    case 'memory':
      return { kind, ...limits('memory', parseBytes, 'size such as 50MB or 8Gi', context), confidence };
    case 'cold-start':
      return { kind, ...limits('coldStart', parseDuration, 'duration such as 500ms or 2s', context), confidence };
  }
}

function latencyLimits({ gate, at, report }: GateContext): { max?: number; maxRatio?: number } {
  const max = typeof gate.max === 'string' ? parseDuration(gate.max) : undefined;
  const given = gate.max !== undefined;
  if (max === undefined && (given || gate.maxRatio === undefined)) {
    const wanted = '"max", a duration such as 5ms';
    report.error(given ? [...at, 'max'] : at, `a latency gate needs ${wanted}${given ? '' : ', or "maxRatio"'}`);
  }
  return withRatio(max, gate.maxRatio);
}

function throughputLimits({ gate, at, report }: GateContext): { min?: number; minRatio?: number } {
  const { min, minRatio } = gate;
  if (min === undefined && minRatio === undefined) {
    report.error(at, 'a throughput gate needs "min", in rows a second, or "minRatio"');
  }
  return { ...(min === undefined ? {} : { min }), ...(minRatio === undefined ? {} : { minRatio }) };
}

/** Of a key that is either the limit itself or {max, maxRatio}. */
function limits(
  key: 'size' | 'memory' | 'coldStart',
  parse: (text: string) => number | undefined,
  form: string,
  { gate, at, report }: GateContext,
): { max?: number; maxRatio?: number } {
  const written = gate[key];
  const { max: text, maxRatio } = typeof written === 'string' ? { max: written, maxRatio: undefined } : (written ?? {});
  const max = text === undefined ? undefined : parse(text);
  if (text !== undefined && max === undefined) {
    report.error([...at, key, ...(typeof written === 'string' ? [] : ['max'])], `${show(text)} is no ${form}`);
  }
  return withRatio(max, maxRatio);
}

function withRatio(max: number | undefined, maxRatio: number | undefined): { max?: number; maxRatio?: number } {
  return { ...(max === undefined ? {} : { max }), ...(maxRatio === undefined ? {} : { maxRatio }) };
}

/** A fixed limit reads a figure, only a ratio reads an interval. */
function checkConfidence({ gate, at, report }: GateContext): void {
  if (gate.confidence === undefined || (gate.maxRatio ?? gate.minRatio) !== undefined) return;
  report.error([...at, 'confidence'], '"confidence" needs a ratio: a fixed limit is not read by an interval', 'key');
}
