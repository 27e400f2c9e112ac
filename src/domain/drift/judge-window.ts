import { adjustPValues } from '../statistics/benjamini-hochberg.ts';
import type { WindowVerdict } from './alert.ts';
import { type ColumnFinding, compareColumn, type EffectTest } from './compare-column.ts';
import type { PerformanceFinding } from './performance.ts';
import type { ColumnProfile } from './profile.ts';

export type JudgeSettings = {
  /** Minimum effect: CDF distance (numeric) or PSI (categorical, missing). */
  effect: number;
  ignore: string[];
  /** Fewest rows that can be judged. */
  minRows?: number;
  /** False-discovery rate over the tests of one window. */
  falseDiscoveryRate?: number;
};

export const MIN_ROWS = 350;
/** A distance that is beyond this with 95 % confidence needs no second window. */
const SEVERE_DISTANCE = 0.3;
/** Effects below this part of the threshold are a window with room to spare. */
const CLEAR_PART = 0.8;

/** Verdict on one window of production against the reference that its version was trained and evaluated on. */
export function judgeWindow(
  reference: { columns: ColumnProfile[]; prediction?: ColumnProfile },
  window: { rows: number; columns: ColumnProfile[]; prediction?: ColumnProfile },
  performance: PerformanceFinding[],
  settings: JudgeSettings,
): WindowVerdict {
  const none = { severe: false, clear: false, columns: [], performance };
  if (window.rows === 0) return { ...none, verdict: 'no-data', reasons: ['no rows in this window'] };
  const least = settings.minRows ?? MIN_ROWS;
  const observed = new Map(window.columns.map((column) => [column.column, column]));
  const compared = [
    ...reference.columns
      .filter(({ column }) => !settings.ignore.includes(column))
      .map((column) => compareColumn(column, observed.get(column.column), settings.effect)),
    ...(reference.prediction ? [compareColumn(reference.prediction, window.prediction, settings.effect)] : []),
  ];
  const broken = compared.filter((finding) => finding.broken !== undefined);
  if (window.rows < least && broken.length === 0) {
    return { ...none, verdict: 'cannot-tell', reasons: [`${window.rows} rows, fewer than the ${least} that it takes`] };
  }
  const findings = adjust(compared, window.rows < least ? -1 : (settings.falseDiscoveryRate ?? 0.05));
  const prediction = reference.prediction ? findings.pop() : undefined;
  const columns = findings.sort((a, b) => relativeEffect(b) - relativeEffect(a));
  const all = [...columns, ...(prediction ? [prediction] : [])];
  const worse = performance.filter((finding) => finding.verdict === 'broken');
  const moved = all.filter((finding) => finding.drifted);
  return {
    verdict: worse.length > 0 || moved.length > 0 ? 'bad' : 'good',
    severe: moved.some((finding) => finding.broken !== undefined || (finding.atLeast ?? 0) > SEVERE_DISTANCE),
    clear: worse.length === 0 && all.every((finding) => relativeEffect(finding) < CLEAR_PART),
    columns,
    ...(prediction ? { prediction } : {}),
    performance,
    reasons: [...worse.map(describePerformance), ...moved.map((finding) => describe(finding, finding === prediction))],
  };
}

/** Largest effect of the column in units of its threshold; a broken column comes before all. */
export function relativeEffect(finding: ColumnFinding): number {
  if (finding.broken !== undefined) return Number.POSITIVE_INFINITY;
  const tests: EffectTest[] = [finding.missing, ...(finding.values ? [finding.values] : [])];
  return Math.max(...tests.map((test) => (test.threshold > 0 ? test.effect / test.threshold : test.effect)));
}

function adjust(findings: ColumnFinding[], rate: number): ColumnFinding[] {
  const tests = findings.flatMap((finding) => [
    ...(finding.values ? [finding.values] : []),
    ...(finding.missing.reference > 0 || finding.missing.window > 0 ? [finding.missing] : []),
  ]);
  const adjusted = adjustPValues(tests.map((test) => test.p));
  const by = new Map<EffectTest, number>(tests.map((test, i) => [test, adjusted[i]!]));
  return findings.map((finding) => {
    const values = finding.values && { ...finding.values, adjusted: by.get(finding.values)! };
    const missing = { ...finding.missing, adjusted: by.get(finding.missing) ?? 1 };
    const drifted = finding.broken !== undefined || [values, missing].some((test) => test && test.adjusted <= rate);
    return { ...finding, ...(values ? { values } : {}), missing, drifted };
  });
}

function describe(finding: ColumnFinding, isPrediction: boolean): string {
  const name = isPrediction ? 'the prediction' : finding.column;
  if (finding.broken !== undefined) return `${name}: ${finding.broken}`;
  const { values, missing } = finding;
  if (values && values.effect / values.threshold >= missing.effect / missing.threshold) {
    const what = values.measure === 'psi' ? 'population stability index' : 'distance of the distributions';
    return `${name}: ${what} ${values.effect.toFixed(3)}, more than ${values.threshold}`;
  }
  return `${name}: ${percent(missing.window)} of the values are missing, ${percent(missing.reference)} in training`;
}

function describePerformance(finding: PerformanceFinding): string {
  const value = finding.measured?.value.toFixed(3);
  return `${finding.metric}: ${value} on ${finding.rows} rows, promised ${finding.promised?.value.toFixed(3)}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
