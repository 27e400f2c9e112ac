/** The likeliest reason why a window is bad, with its evidence: where to look first, not a verdict. */
import { findSeason } from './find-season.ts';
import { findOutside, findUnit } from './find-unit.ts';
import type { JudgedInput } from './judge-window.ts';
import { isOutput, nameFinding } from './name-finding.ts';
import { relative } from './relative-effect.ts';
import type { Cause, ColumnFinding, PerformanceFinding } from './verdict.ts';

/** New values that are this part of all explain a column's drift. */
const NEWS = 0.02;

type Evidence = JudgedInput & {
  /** All of them, and those that drifted, each in its order. */
  findings: ColumnFinding[];
  moved: ColumnFinding[];
  worse: PerformanceFinding[];
};

/** Of a bad window. The first rule that holds: what breaks data upstream, then what changes it, then the model itself. */
export function probableCause(evidence: Evidence): Cause {
  for (const rule of RULES) {
    const cause = rule(evidence);
    if (cause) return cause;
  }
  const { moved, findings } = evidence;
  const text = `${moved.length} of ${findings.length} columns moved, and nothing simpler explains it`;
  return { kind: 'unknown', text };
}

const RULES: ((evidence: Evidence) => Cause | undefined)[] = [
  schema,
  missing,
  newCategory,
  unit,
  season,
  volume,
  model,
];

function schema(evidence: Evidence): Cause | undefined {
  const { quality, moved } = evidence;
  const changed = quality.find(({ check, level }) => check === 'schema' && level !== 'note');
  if (changed) return { kind: 'schema', text: changed.text };
  const gone = moved.filter(({ broken }) => broken !== undefined && !broken.startsWith('every'));
  return gone[0] && { kind: 'schema', text: `${list(gone, evidence)}: ${gone[0].broken}` };
}

function missing(evidence: Evidence): Cause | undefined {
  const { moved } = evidence;
  const empty = moved.filter((one) => one.broken !== undefined || tellsMissing(one));
  if (empty.length === 0 || empty.length * 2 < moved.length) return undefined;
  const { missing: share } = empty[0]!;
  const text = `values of ${list(empty, evidence)} are missing: ${percent(share.window)}, ${percent(share.reference)} in the reference`;
  return { kind: 'missing', text };
}

function newCategory(evidence: Evidence): Cause | undefined {
  const { moved } = evidence;
  const fresh = moved.filter(({ unseen }) => (unseen ?? 0) >= NEWS);
  if (fresh.length === 0 || fresh.length * 2 < moved.length) return undefined;
  const text = `${percent(fresh[0]!.unseen!)} of the values of ${list(fresh, evidence)} were never in the reference`;
  return { kind: 'new-category', text };
}

function unit(evidence: Evidence): Cause | undefined {
  const { moved, reference, window } = evidence;
  for (const { column, broken } of moved.filter((finding) => !isOutput(finding, evidence))) {
    const before = reference.columns.find((one) => one.column === column);
    const now = window.columns.find((one) => one.column === column);
    if (broken !== undefined || before?.measure.of !== 'value' || now === undefined) continue;
    const change = findUnit(before, now);
    if (change) return { kind: 'unit', text: `${column}: the values are ${change}` };
    const outside = findOutside(now);
    if (outside) {
      const text = `${column}: ${percent(outside.share)} of the values lie ${outside.side} all that the reference knows`;
      return { kind: 'unit', text };
    }
  }
  return undefined;
}

function season(evidence: Evidence): Cause | undefined {
  const text = findSeason(evidence, evidence.moved, (finding) => nameFinding(finding, evidence));
  return text === undefined ? undefined : { kind: 'season', text };
}

function volume({ quality }: Evidence): Cause | undefined {
  const found = quality.find(({ check, level }) => check === 'volume' && level !== 'note');
  return found && { kind: 'volume', text: found.text };
}

function model(evidence: Evidence): Cause | undefined {
  const { moved, worse, window } = evidence;
  if (moved.some((finding) => !isOutput(finding, evidence))) return undefined;
  if (moved.length > 0) {
    const versions = window.versions.map(([version]) => version).join(', ');
    const by = versions === '' ? '' : ` (answered by ${versions})`;
    return { kind: 'model', text: `the predictions moved while no input did${by}` };
  }
  if (worse.length === 0) return undefined;
  return {
    kind: 'model',
    text: `${worse[0]!.metric} got worse while no input moved: what the inputs mean has changed`,
  };
}

function tellsMissing({ values, missing: test }: ColumnFinding): boolean {
  return test.window > test.reference && (values === undefined || relative(test) > relative(values));
}

function list(findings: ColumnFinding[], among: Evidence): string {
  const names = findings.slice(0, 3).map((finding) => nameFinding(finding, among));
  const others = findings.length - names.length;
  return others > 0 ? `${names.join(', ')} and ${others} more` : names.join(' and ');
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
