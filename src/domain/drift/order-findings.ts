import { relativeEffect } from './relative-effect.ts';
import type { ColumnFinding } from './verdict.ts';

/**
 * The broken first, then what drifted, then the rest; each by what its shift costs in loss where that is known, then by
 * its effect in units of the threshold, then as declared.
 */
export function orderFindings(findings: ColumnFinding[], lossEffects: Map<string, number>): ColumnFinding[] {
  const told = findings.map((finding): ColumnFinding => {
    const lossEffect = lossEffects.get(finding.column);
    return lossEffect === undefined ? finding : { ...finding, lossEffect };
  });
  return told.sort(
    (a, b) =>
      rank(a) - rank(b) ||
      (b.lossEffect ?? Number.NEGATIVE_INFINITY) - (a.lossEffect ?? Number.NEGATIVE_INFINITY) ||
      relativeEffect(b) - relativeEffect(a) ||
      0,
  );
}

function rank(finding: ColumnFinding): number {
  return finding.broken !== undefined ? 0 : finding.drifted ? 1 : 2;
}
