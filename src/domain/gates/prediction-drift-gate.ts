import type { Gate } from '../spec/valid.ts';
import { areNumbers, figure } from './figures.ts';
import { cannotTell, type Finding, finding, type Judged, withoutChampion } from './verdict.ts';

type DriftGate = Extract<Gate, { kind: 'prediction-drift' }>;

/** How far the distribution of the predictions moved, on the same rows: the rows' own figure is judged. */
export function judgePredictionDrift(gate: DriftGate, { evaluation }: Judged): Finding {
  const without = withoutChampion(evaluation);
  if (without !== undefined) return without;
  const drift = evaluation.robustness.predictionDrift;
  if (drift === undefined)
    return cannotTell('the predictions were not compared', 'A new evaluation (/evaluate) would.');
  const { distance, meanChange, decidedOtherwise } = drift;
  if (!areNumbers(distance, meanChange)) return cannotTell('the distance of the predictions is not a number');
  const decided = !areNumbers(decidedOtherwise)
    ? ''
    : `, ${Number((100 * (decidedOtherwise as number)).toPrecision(3))} % decided otherwise`;
  const evidence = `distance ${figure(distance)} on these rows, an answer changed by ${figure(meanChange)} on average${decided}`;
  const holds = distance <= gate.max;
  const working = [
    `The largest distance between the two distribution functions is ${figure(distance)}, ${holds ? 'at most' : 'above'} ${figure(gate.max)}.`,
    'That is the figure of the rows of this holdout, without an interval: other rows would give another.',
  ];
  return finding(holds ? 'pass' : 'fail', evidence, working, [`It passes up to a distance of ${figure(gate.max)}.`]);
}

export function predictionDriftName(gate: DriftGate): string {
  return `drift of predictions from champion ≤ ${figure(gate.max)}`;
}
