import type { Gate } from '../spec/valid.ts';
import { absoluteName, judgeAbsolute } from './absolute-gate.ts';
import { agreementName, judgeAgreement } from './agreement-gate.ts';
import { behaviourName, judgeBehaviour } from './behaviour-gate.ts';
import { championName, judgeChampion } from './champion-gate.ts';
import { coldStartName, judgeColdStart } from './cold-start-gate.ts';
import { discoveredName, judgeDiscovered } from './discovered-gate.ts';
import { fairnessName, judgeFairness } from './fairness-gate.ts';
import { invarianceName, judgeInvariance } from './invariance-gate.ts';
import { judgeLatency, latencyName } from './latency-gate.ts';
import { judgeMemory, memoryName } from './memory-gate.ts';
import { judgePredictionDrift, predictionDriftName } from './prediction-drift-gate.ts';
import { judgeSeedVariance, seedVarianceName } from './seed-variance-gate.ts';
import { judgeSize, sizeName } from './size-gate.ts';
import { judgeSlices, sliceName } from './slice-gate.ts';
import { judgeThroughput, throughputName } from './throughput-gate.ts';
import type { Finding, Judged } from './verdict.ts';

type Kinds = { [K in Gate['kind']]: Extract<Gate, { kind: K }> };
type Judges = { [K in keyof Kinds]: { name(gate: Kinds[K]): string; judge(gate: Kinds[K], judged: Judged): Finding } };

const JUDGES: Judges = {
  absolute: { name: absoluteName, judge: judgeAbsolute },
  champion: { name: championName, judge: judgeChampion },
  slice: { name: sliceName, judge: judgeSlices },
  discovered: { name: discoveredName, judge: judgeDiscovered },
  fairness: { name: fairnessName, judge: judgeFairness },
  latency: { name: latencyName, judge: judgeLatency },
  throughput: { name: throughputName, judge: judgeThroughput },
  size: { name: sizeName, judge: judgeSize },
  memory: { name: memoryName, judge: judgeMemory },
  'cold-start': { name: coldStartName, judge: judgeColdStart },
  invariance: { name: invarianceName, judge: judgeInvariance },
  behaviour: { name: behaviourName, judge: judgeBehaviour },
  agreement: { name: agreementName, judge: judgeAgreement },
  'prediction-drift': { name: predictionDriftName, judge: judgePredictionDrift },
  'seed-variance': { name: seedVarianceName, judge: judgeSeedVariance },
};

/** What the figures say of a gate, and what it is called. */
export function judgeFigures(gate: Gate, judged: Judged): { name: string; finding: Finding } {
  return of(gate.kind, gate, judged);
}

function of<K extends keyof Kinds>(kind: K, gate: Gate, judged: Judged): { name: string; finding: Finding } {
  const known = gate as Kinds[K];
  return { name: JUDGES[kind].name(known), finding: JUDGES[kind].judge(known, judged) };
}
