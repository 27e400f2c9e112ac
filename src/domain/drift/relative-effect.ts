import type { ColumnFinding, EffectTest } from './verdict.ts';

/** Largest effect of the column in units of its threshold; a broken column comes before all. */
export function relativeEffect(finding: ColumnFinding): number {
  if (finding.broken !== undefined) return Number.POSITIVE_INFINITY;
  return Math.max(...[finding.missing, ...(finding.values ? [finding.values] : [])].map(relative));
}

/** Of one test. */
export function relative({ effect, threshold }: EffectTest): number {
  return threshold > 0 ? effect / threshold : effect;
}
