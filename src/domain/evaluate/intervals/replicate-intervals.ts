import type { IntervalMethod } from '../evaluation.ts';
import { type BootstrapKind, bootstrapInterval, bootstrapP } from './bootstrap-interval.ts';
import type { Comparison, PairValues } from './comparison.ts';
import { effectOf } from './delta-intervals.ts';
import type { PairSpreads } from './pair-influence.ts';
import type { Replicates } from './paired-bootstrap.ts';

/** Which interval is read from the replicates. With `spreads` it is BCa, else as told. */
export type Reading = {
  method: IntervalMethod;
  kind: 'percentile' | 'basic';
  confidence: number;
  spreads?: PairSpreads | undefined;
};

export function replicateComparison(values: PairValues, replicates: Replicates, reading: Reading): Comparison {
  const { method, kind, confidence, spreads } = reading;
  const how = (which: 'candidate' | 'champion' | 'difference'): BootstrapKind => {
    const spread = spreads?.[which];
    return spread === undefined ? { kind } : { kind: 'bca', acceleration: spread.acceleration };
  };
  const candidate = bootstrapInterval(values.candidate, replicates.candidate, how('candidate'), confidence);
  if (values.champion === undefined || replicates.champion === undefined || replicates.difference === undefined) {
    return { method, candidate };
  }
  const difference = values.candidate - values.champion;
  const p = bootstrapP(difference, replicates.difference, how('difference'));
  return {
    method,
    candidate,
    champion: bootstrapInterval(values.champion, replicates.champion, how('champion'), confidence),
    difference: bootstrapInterval(difference, replicates.difference, how('difference'), confidence),
    ...(p === undefined ? {} : { p }),
    ...effectOf(difference, spreads?.deviation),
  };
}
