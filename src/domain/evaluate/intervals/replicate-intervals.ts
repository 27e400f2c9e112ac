import { type BootstrapKind, bootstrapInterval, bootstrapP, type IntervalLevel } from './bootstrap-interval.ts';
import type { Comparison, PairValues } from './comparison.ts';
import { effectOf } from './delta-intervals.ts';
import type { PairSpreads } from './pair-influence.ts';
import type { Replicates } from './paired-bootstrap.ts';

/** Which interval is read from the replicates; `bca` needs `spreads`. */
export type Reading = {
  method: 'bca-bootstrap' | 'percentile-bootstrap';
  level: IntervalLevel;
  spreads?: PairSpreads | undefined;
};

export function replicateComparison(values: PairValues, replicates: Replicates, reading: Reading): Comparison {
  const { method, level, spreads } = reading;
  const how = (which: 'candidate' | 'champion' | 'difference'): BootstrapKind => {
    const spread = spreads?.[which];
    if (method !== 'bca-bootstrap' || spread === undefined) return { kind: 'percentile' };
    return { kind: 'bca', acceleration: spread.acceleration };
  };
  const candidate = bootstrapInterval(values.candidate, replicates.candidate, how('candidate'), level);
  if (values.champion === undefined || replicates.champion === undefined || replicates.difference === undefined) {
    return { method, candidate };
  }
  const difference = values.candidate - values.champion;
  const p = bootstrapP(difference, replicates.difference, how('difference'), level.degrees);
  return {
    method,
    candidate,
    champion: bootstrapInterval(values.champion, replicates.champion, how('champion'), level),
    difference: bootstrapInterval(difference, replicates.difference, how('difference'), level),
    ...(p === undefined ? {} : { p }),
    ...effectOf(difference, spreads?.deviation),
  };
}
