import type { Gate } from '../spec/valid.ts';
import { count, figure } from './figures.ts';
import { cannotTell, type Finding, finding, type Judged } from './verdict.ts';

type SeedGate = Extract<Gate, { kind: 'seed-variance' }>;

/** How much of a metric is the luck of the seed: its standard deviation over trainings that differ in nothing else. */
export function judgeSeedVariance(gate: SeedGate, { evaluation }: Judged): Finding {
  const { seeds } = evaluation;
  const found = seeds?.metrics.find(({ metric }) => metric === gate.metric);
  if (seeds === undefined || found === undefined || seeds.seeds.length < 2) {
    return cannotTell(
      `${gate.metric} is known of one seed only`,
      'train.repeats of 2 or more would train with others.',
    );
  }
  const { deviation, mean, values } = found;
  if (!Number.isFinite(deviation)) return cannotTell(`${gate.metric} is not defined for every seed`);
  const list = values.map(figure).join(', ');
  const evidence = `deviation ${figure(deviation)} around ${figure(mean)} over ${count(values.length)} seeds`;
  const holds = deviation <= gate.max;
  const working = [
    `${gate.metric} by seed: ${list}.`,
    `Their standard deviation ${figure(deviation)} is ${holds ? 'at most' : 'above'} ${figure(gate.max)}.`,
  ];
  return finding(holds ? 'pass' : 'fail', evidence, working, [`It passes up to a deviation of ${figure(gate.max)}.`]);
}

export function seedVarianceName(gate: SeedGate): string {
  return `${gate.metric} over seeds, deviation ≤ ${figure(gate.max)}`;
}
