import type { ModelGate as RawGate } from './schema-types.ts';
import type { Gate } from './valid.ts';

export type GateKind = Gate['kind'];
export type GateKey = keyof RawGate;

/** `keys`: what a gate of the kind may have besides onFail and onCannotTell; `meaning`: what it is called. */
export const GATE_KINDS: Record<GateKind, { meaning: string; keys: readonly GateKey[] }> = {
  absolute: { meaning: 'a gate on a fixed value', keys: ['metric', 'min', 'max', 'confidence'] },
  champion: {
    meaning: 'a gate against the champion',
    keys: ['metric', 'against', 'noWorseThan', 'within', 'better', 'confidence'],
  },
  slice: {
    meaning: 'a gate on slices',
    keys: ['metric', 'slice', 'against', 'minRows', 'min', 'max', 'noWorseThan', 'confidence'],
  },
  discovered: {
    meaning: 'a gate on discovered slices',
    keys: ['metric', 'slice', 'against', 'noWorseThan', 'confidence'],
  },
  fairness: {
    meaning: 'a fairness gate',
    keys: ['fairness', 'by', 'maxDifference', 'minRatio', 'minRows', 'confidence'],
  },
  latency: { meaning: 'a latency gate', keys: ['latency', 'max', 'maxRatio', 'confidence'] },
  throughput: { meaning: 'a throughput gate', keys: ['throughput', 'min', 'minRatio', 'confidence'] },
  size: { meaning: 'a size gate', keys: ['size'] },
  memory: { meaning: 'a memory gate', keys: ['memory'] },
  'cold-start': { meaning: 'a gate on the cold start', keys: ['coldStart'] },
  invariance: { meaning: 'a gate on invariances', keys: ['invariance', 'maxShare', 'confidence'] },
  behaviour: { meaning: 'a gate on behaviour', keys: ['behaviour'] },
  agreement: { meaning: 'a gate on agreement', keys: ['agreement'] },
  'prediction-drift': { meaning: 'a gate on the drift of predictions', keys: ['predictionDrift'] },
  'seed-variance': { meaning: 'a gate on the luck of seeds', keys: ['metric', 'seedVariance', 'confidence'] },
};

/** A key that only gates of one kind have. */
const TAGS: [GateKey, GateKind][] = [
  ['fairness', 'fairness'],
  ['latency', 'latency'],
  ['throughput', 'throughput'],
  ['size', 'size'],
  ['memory', 'memory'],
  ['coldStart', 'cold-start'],
  ['invariance', 'invariance'],
  ['behaviour', 'behaviour'],
  ['agreement', 'agreement'],
  ['predictionDrift', 'prediction-drift'],
  ['seedVariance', 'seed-variance'],
];

export function kindOfGate(gate: RawGate): GateKind | undefined {
  const tag = TAGS.find(([key]) => gate[key] !== undefined);
  if (tag !== undefined) return tag[1];
  if (gate.metric === undefined) return undefined;
  if (gate.slice !== undefined) return gate.slice === 'discovered' ? 'discovered' : 'slice';
  const compared = (['against', 'noWorseThan', 'within', 'better'] as const).some((key) => gate[key] !== undefined);
  if (compared) return 'champion';
  return gate.min !== undefined || gate.max !== undefined ? 'absolute' : undefined;
}

/** Why a key does not belong in a gate of the kind. */
export function mixture(kind: GateKind, key: GateKey): string {
  const { keys } = GATE_KINDS[kind];
  if (kind === 'champion' && (key === 'min' || key === 'max')) return 'a fixed value is a gate of its own';
  if (kind === 'discovered' && key === 'minRows') return 'it stands in evaluate.discover';
  if (key === 'minRows') return 'it needs "slice" or "fairness"';
  if (key === 'against' && keys.some((one) => one.endsWith('Ratio'))) return 'a ratio is against the champion already';
  if (key === 'metric') return 'it judges no metric';
  return `it takes ${[...keys, 'onFail', 'onCannotTell'].join(', ')}`;
}
