import type { Gate } from '../spec/valid.ts';
import { boundsText } from './bounds.ts';
import { count, figure } from './figures.ts';
import { percent } from './wear.ts';

const RATES = {
  selection_rate: 'the share of rows that are decided positive',
  true_positive_rate: 'the share of the positive rows that are decided positive',
  false_positive_rate: 'the share of the other rows that are decided positive',
};

const BEHAVIOURS = {
  missing: 'Where an input that the dataset lets be missing is missing, the candidate must answer all the same.',
  'out-of-range': 'Of values far from all that it has seen, the candidate must make an answer that is a number.',
  determinism: 'The candidate must answer the same when it is asked the same.',
};

/** What a gate asks, in one sentence. */
export function questionOf(gate: Gate): string {
  switch (gate.kind) {
    case 'absolute':
      return `${gate.metric} of the candidate must be ${boundsText(gate)}.`;
    case 'champion':
      return championQuestion(gate);
    case 'slice':
      return sliceQuestion(gate);
    case 'discovered':
      return (
        `No slice that was found on one half of the holdout and confirmed on the other may be worse than the champion ` +
        `in ${gate.metric} by more than ${figure(gate.noWorseThan)}.`
      );
    case 'fairness':
      return fairnessQuestion(gate);
    case 'latency':
      return costQuestion(`The ${gate.quantile} of the time of a request of one row`, gate, 'ms');
    case 'throughput':
      return costQuestion(`The throughput in batches of ${count(gate.batch)} rows`, gate, 'rows/s');
    case 'size':
      return costQuestion('The size of the artifact', gate, 'bytes');
    case 'memory':
      return costQuestion('The memory that loading and answering adds', gate, 'bytes');
    case 'cold-start':
      return costQuestion('The time from loading to the first answer', gate, 'ms');
    case 'invariance': {
      const what = gate.name === '*' ? 'Each declared change of the inputs' : `The change of inputs ${gate.name}`;
      return `${what} may change the answer of at most ${percent(gate.maxShare)} of the rows.`;
    }
    case 'behaviour':
      return BEHAVIOURS[gate.check];
    case 'agreement':
      return `No answer may differ from the training framework's by more than ${figure(gate.max)}.`;
    case 'prediction-drift':
      return `The distribution of the predictions may be at most ${figure(gate.max)} from the champion's.`;
    case 'seed-variance':
      return `The standard deviation of ${gate.metric} over the seeds may be at most ${figure(gate.max)}.`;
  }
}

function championQuestion(gate: Extract<Gate, { kind: 'champion' }>): string {
  const { metric, within, noWorseThan = 0 } = gate;
  if (gate.better) return `${metric} of the candidate must be better than the champion's (superiority).`;
  if (within !== undefined) {
    return `${metric} of candidate and champion may differ by at most ${figure(within)} (equivalence, two one-sided tests).`;
  }
  return `${metric} of the candidate may be worse than the champion's by at most ${figure(noWorseThan)} (non-inferiority).`;
}

function sliceQuestion(gate: Extract<Gate, { kind: 'slice' }>): string {
  const where = gate.slice === '*' ? `every slice of ${count(gate.minRows)} rows or more` : `slice ${gate.slice}`;
  const parts = [
    ...(gate.min === undefined && gate.max === undefined ? [] : [`be ${boundsText(gate)}`]),
    ...(gate.noWorseThan === undefined
      ? []
      : [`be no worse than the champion's by more than ${figure(gate.noWorseThan)}`]),
  ];
  return `In ${where}, ${gate.metric} of the candidate must ${parts.join(' and ')}.`;
}

function fairnessQuestion(gate: Extract<Gate, { kind: 'fairness' }>): string {
  const parts = [
    ...(gate.maxDifference === undefined ? [] : [`differ by at most ${figure(gate.maxDifference)}`]),
    ...(gate.minRatio === undefined ? [] : [`be in a ratio of at least ${figure(gate.minRatio)}`]),
  ];
  const groups = `any two groups of ${gate.by} with ${count(gate.minRows)} rows or more`;
  return `Of ${groups}, ${RATES[gate.rate]} must ${parts.join(' and ')}.`;
}

function costQuestion(
  what: string,
  limits: { max?: number; min?: number; maxRatio?: number; minRatio?: number },
  unit: string,
): string {
  const parts = [
    ...(limits.max === undefined ? [] : [`be at most ${number(limits.max)} ${unit}`]),
    ...(limits.min === undefined ? [] : [`be at least ${number(limits.min)} ${unit}`]),
    ...(limits.maxRatio === undefined ? [] : [`be at most ${figure(limits.maxRatio)} times the champion's`]),
    ...(limits.minRatio === undefined ? [] : [`be at least ${figure(limits.minRatio)} times the champion's`]),
  ];
  return `${what} must ${parts.join(' and ')}.`;
}

function number(value: number): string {
  return value < 1000 ? figure(value) : count(value);
}
