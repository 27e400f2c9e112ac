import { isIgnored } from './compare-columns.ts';
import type { JudgedInput } from './judge-window.ts';
import type { ColumnFinding } from './verdict.ts';

/** Where a finding stands. `findings`: all of the window's, the inputs before what was answered. */
export type Findings = Pick<JudgedInput, 'reference' | 'settings'> & { findings: ColumnFinding[] };

/** As people call it. */
export function nameFinding(finding: ColumnFinding, among: Findings): string {
  if (finding.of === 'reconstruction') return 'the columns together';
  if (!isOutput(finding, among)) return finding.column;
  return finding.column === among.reference.prediction.column ? 'the prediction' : "the prediction's confidence";
}

/** Whether it is of what the model answered: an input may have the same name. */
export function isOutput(finding: ColumnFinding, { reference, settings, findings }: Findings): boolean {
  const { column } = finding;
  if (column !== reference.prediction.column && column !== reference.confidence?.column) return false;
  const input = reference.columns.find((one) => one.column === column);
  const isJudged = input !== undefined && !isIgnored(input, settings.ignore);
  return !isJudged || findings.find((one) => one.column === column) !== finding;
}
