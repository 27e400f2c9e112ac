import type { Gate } from '../spec/valid.ts';
import { areNumbers, count, figure } from './figures.ts';
import { cannotTell, type Finding, finding, type Judged } from './verdict.ts';

type AgreementGate = Extract<Gate, { kind: 'agreement' }>;

/** Our answers against those that the training framework gave for the same rows: no chance is in it. */
export function judgeAgreement(gate: AgreementGate, { evaluation }: Judged): Finding {
  const { agreement } = evaluation.robustness;
  if (agreement === undefined) {
    return cannotTell(
      'the artifact holds no predictions of the training framework',
      'A training command that writes check.parquet beside the artifact would make them comparable.',
    );
  }
  if (agreement.failed !== undefined) return cannotTell(`the predictions could not be compared: ${agreement.failed}`);
  const { largest, mean, rows } = agreement;
  if (!areNumbers(largest, mean)) return cannotTell('the largest difference is not a number');
  const evidence = `differs by ${figure(largest)} at most, ${figure(mean)} on average, on ${count(rows)} rows`;
  const holds = largest <= gate.max;
  const working = [`The largest difference ${figure(largest)} is ${holds ? 'at most' : 'above'} ${figure(gate.max)}.`];
  const change = holds ? [] : [`It would pass were no difference larger than ${figure(gate.max)}.`];
  return finding(holds ? 'pass' : 'fail', evidence, working, change);
}

export function agreementName(gate: AgreementGate): string {
  return `agreement with the training framework ≤ ${figure(gate.max)}`;
}
