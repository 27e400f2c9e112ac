/** Findings in words and figures, the same in titles, tables, comments, pages and terminals. */
import type { ColumnFinding, EffectTest, Verdict, WindowVerdict } from '../../domain/drift/verdict.ts';
import { figure } from '../format.ts';
import { plainLine } from '../markdown.ts';
import type { Span } from '../report/document.ts';

export type Role = 'input' | 'prediction' | 'confidence';
export type Judged = { finding: ColumnFinding; role: Role };

export const VERDICTS: Record<Verdict, string> = {
  good: '✅ good',
  bad: '❌ bad',
  'cannot-tell': '❔ cannot tell',
  'no-data': '⬜ no data',
};

const DAY_MS = 86_400_000;
/** Names of columns come from data: what is longer says nothing more. */
const NAME_LIMIT = 60;

/** Inputs in the verdict's order, then what the model answered. */
export function judgedOf({ columns, prediction, confidence }: WindowVerdict): Judged[] {
  return [
    ...columns.map((finding): Judged => ({ finding, role: 'input' })),
    ...(prediction ? [{ finding: prediction, role: 'prediction' as const }] : []),
    ...(confidence ? [{ finding: confidence, role: 'confidence' as const }] : []),
  ];
}

export function movedIn(verdict: WindowVerdict): Judged[] {
  return judgedOf(verdict).filter(({ finding }) => finding.drifted || finding.broken !== undefined);
}

export function nameSpan(judged: Judged): Span {
  const { finding, role } = judged;
  return role === 'input' && finding.of !== 'reconstruction' ? { code: shortName(finding.column) } : plainName(judged);
}

/** A measure of a private column (`column.words`, say) is as private as the column. */
export function isPrivate({ finding, role }: Judged, privateColumns: ReadonlySet<string>): boolean {
  if (role !== 'input') return false;
  return [...privateColumns].some((name) => finding.column === name || finding.column.startsWith(`${name}.`));
}

/** Not escaped. */
export function plainName({ finding, role }: Judged): string {
  if (finding.of === 'reconstruction') return 'the columns together';
  if (role === 'input') return shortName(finding.column);
  return role === 'prediction' ? 'the prediction' : 'its confidence';
}

export function shortName(name: string, limit = NAME_LIMIT): string {
  return plainLine(name, limit);
}

/** Which of its two tests says more about a column. */
export function decisiveTest({ values, missing }: ColumnFinding): { of: 'values' | 'missing'; test: EffectTest } {
  if (values !== undefined && ratio(values) >= ratio(missing)) return { of: 'values', test: values };
  return { of: 'missing', test: missing };
}

/** In units of what counts; a broken column is beyond every unit. */
export function effectRatio(finding: ColumnFinding): number {
  return finding.broken !== undefined ? Number.POSITIVE_INFINITY : ratio(decisiveTest(finding).test);
}

function ratio({ effect, threshold }: EffectTest): number {
  return threshold > 0 ? effect / threshold : effect;
}

/** `D 0.386` · `PSI 0.310` · `12.0 % missing, 0.1 % before` · what is broken. */
export function effectWords(finding: ColumnFinding): string {
  if (finding.broken !== undefined) return plainLine(finding.broken, 120);
  const { of, test } = decisiveTest(finding);
  if (of === 'missing')
    return `${percent(finding.missing.window)} missing, ${percent(finding.missing.reference)} before`;
  return `${measureName(test)} ${test.effect.toFixed(3)}`;
}

export function measureName({ measure }: Pick<EffectTest, 'measure'>): string {
  return measure === 'psi' ? 'PSI' : 'D';
}

export function times(value: number): string {
  return Number.isFinite(value) ? `${value < 10 ? value.toFixed(1) : Math.round(value)} ×` : '';
}

export function probabilityWords(p: number): string {
  return p < 1e-4 ? '< 0.0001' : p.toFixed(4);
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

export function intervalWords(estimate: { value: number; lower: number | null; upper: number | null }): string {
  const { value, lower, upper } = estimate;
  return lower === null || upper === null
    ? metricValue(value)
    : `${metricValue(value)} [${metricValue(lower)}, ${metricValue(upper)}]`;
}

/** Three decimals where that shows something, else four digits. */
export function metricValue(value: number): string {
  const size = Math.abs(value);
  return size === 0 || (size >= 0.01 && size < 10) ? value.toFixed(3) : figure(value);
}

/** With its sign: −0.120. */
export function signed(value: number, digits = 3): string {
  const text = Math.abs(value) < 10 ? Math.abs(value).toFixed(digits) : figure(Math.abs(value));
  return `${value < 0 ? '−' : '+'}${text}`;
}

/** UTC; without the hour when it is midnight. */
export function time(epochMs: number): string {
  const text = new Date(epochMs).toISOString();
  return epochMs % DAY_MS === 0 ? text.slice(0, 10) : `${text.slice(0, 16).replace('T', ' ')} UTC`;
}

export function between({ from, to }: { from: number; to: number }): string {
  return `${time(from)} to ${time(to)}`;
}

/** 86,400 → `1 day`. */
export function spanWords(seconds: number): string {
  for (const [unit, length] of UNITS) {
    if (seconds >= length && seconds % length === 0) {
      const many = seconds / length;
      return `${many} ${unit}${many === 1 ? '' : 's'}`;
    }
  }
  return `${seconds} seconds`;
}

const UNITS: [string, number][] = [
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];
