/** Sentences about a window. They hold no values of a column: a column may be personal data. */
import { relative } from './relative-effect.ts';
import type { ColumnFinding, PerformanceFinding, QualityFinding, SegmentFinding } from './verdict.ts';

export function describeVerdict(verdict: {
  quality: QualityFinding[];
  performance: PerformanceFinding[];
  /** That drifted, in their order. */
  moved: { name: string; finding: ColumnFinding }[];
  segments: SegmentFinding[];
}): string[] {
  const { quality, performance, moved, segments } = verdict;
  const told = (level: QualityFinding['level']) => quality.filter((one) => one.level === level).map(({ text }) => text);
  const isBroken = ({ finding }: { finding: ColumnFinding }) => finding.broken !== undefined;
  const sentences = [
    ...told('severe'),
    ...moved.filter(isBroken).map(({ name, finding }) => `${name}: ${finding.broken}`),
    ...told('bad'),
    ...performance.map(describePerformance),
    ...moved.filter((one) => !isBroken(one)).map(({ name, finding }) => `${name}: ${describeColumn(finding)}`),
    ...describeSegment(moved.length > 0 ? segments[0] : undefined),
  ];
  return [...new Set(sentences)];
}

function describeColumn(finding: ColumnFinding): string {
  const { values, missing, unseen } = finding;
  if (values === undefined || relative(values) < relative(missing)) {
    return `${percent(missing.window)} of the values are missing, ${percent(missing.reference)} in the reference`;
  }
  const what = values.measure === 'psi' ? 'population stability index' : 'distance of the distributions';
  const news = unseen !== undefined && unseen >= 0.005 ? `, ${percent(unseen)} of the values are new` : '';
  return `${what} ${values.effect.toFixed(3)}, more than ${values.threshold}${news}`;
}

function describePerformance({ metric, measured, promised, rows }: PerformanceFinding): string {
  return `${metric}: ${measured?.value.toFixed(3)} on ${rows} rows, promised ${promised?.value.toFixed(3)}`;
}

function describeSegment(segment: SegmentFinding | undefined): string[] {
  if (segment === undefined) return [];
  const { by, key, column, effect, rows } = segment;
  return [`most of all where ${by} is ${key}: ${column} by ${effect.toFixed(3)} in ${rows} rows`];
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
